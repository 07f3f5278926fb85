// The desk's keys: which key means what, kept in this browser, and the dialog that changes them.
const KEPT = "desk-keys";
const AS_DELIVERED = {
  approve: "a", reject: "r", note: "n", skip: "s", undo: "u", down: "j", up: "k", choose: "x", mark: "m", reveal: "b", search: "/", help: "?",
};

/** What is kept here, or the keys as delivered where the browser keeps nothing or something else. */
function read() {
  try {
    const kept = JSON.parse(localStorage.getItem(KEPT)) ?? {};
    return { on: kept.on !== false, keys: { ...AS_DELIVERED, ...kept.keys } };
  } catch {
    return { on: true, keys: { ...AS_DELIVERED } };
  }
}

let chosen = read();

function keep() {
  try {
    localStorage.setItem(KEPT, JSON.stringify(chosen));
  } catch {
    // Good for this page then.
  }
}

/** The key of `event` as a Latin letter or sign, on an Arabic or Kurdish keyboard too. */
function nameOf(event) {
  if (/^[!-~]$/.test(event.key)) return event.key.toLowerCase();
  if (event.code.startsWith("Key")) return event.code.slice(3).toLowerCase();
  if (event.code === "Slash") return event.shiftKey ? "?" : "/";
  return event.key;
}

/** Whether somebody is typing into what `target` is. */
function isTyping(target) {
  return target.isContentEditable || (/^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName) && !/^(checkbox|radio)$/.test(target.type));
}

/** What `event` asks for: an action's name, {digit, shift}, or null. Never when typing or with a modifier. */
export function actionOf(event) {
  if (!chosen.on || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return null;
  if (isTyping(event.target) || document.querySelector("dialog[open]")) return null;
  const digit = /^(?:Digit|Numpad)([1-9])$/.exec(event.code);
  if (digit) return { digit: Number(digit[1]), shift: event.shiftKey };
  const name = nameOf(event);
  return Object.keys(chosen.keys).find((action) => chosen.keys[action] === name) ?? null;
}

/** Let the dialog show and change the keys. */
export function setUpDialog(words) {
  const dialog = document.getElementById("desk-keys");
  const on = document.getElementById("desk-keys-on");
  const fields = [...dialog.querySelectorAll("[data-action]")];
  const problem = document.getElementById("desk-keys-problem");
  const show = (keys) => fields.forEach((field) => { field.value = keys[field.dataset.action]; });
  const open = () => {
    on.checked = chosen.on;
    problem.textContent = "";
    show(chosen.keys);
    dialog.showModal();
  };
  document.getElementById("desk-keys-open").hidden = false;
  document.getElementById("desk-keys-open").addEventListener("click", open);
  document.getElementById("desk-keys-reset").addEventListener("click", () => show(AS_DELIVERED));
  dialog.querySelector("form").addEventListener("submit", (event) => {
    const keys = Object.fromEntries(fields.map((field) => [field.dataset.action, field.value.trim().toLowerCase()]));
    const values = Object.values(keys);
    if (new Set(values).size < values.length || values.some((key) => !/^[^\d\s]$/.test(key))) {
      event.preventDefault();
      problem.textContent = words.taken;
      return;
    }
    chosen = { on: on.checked, keys };
    keep();
  });
  return open;
}
