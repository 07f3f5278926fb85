// Suggests tags while one types: a combobox over a plain comma-separated field, which is what remains without a script.
// Keys: down and up choose, Enter takes, Escape closes. A suggestion replaces the name the caret stands in.

const SEPARATORS = /[,،，;؛\n\r]/;
const WAIT = 120; // milliseconds after the last key

let lists = 0;
for (const input of document.querySelectorAll("input[data-tag-names]")) suggestFor(input);

function suggestFor(input) {
  const frame = document.createElement("span");
  const list = document.createElement("ul");
  const isSingle = "single" in input.dataset;
  let active = -1;
  let timer = 0;
  let asking = new AbortController();

  frame.className = "tag-names";
  input.replaceWith(frame);
  frame.append(input, list);
  list.id = `tag-names-${(lists += 1)}`;
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", labelOf(input));
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-controls", list.id);
  input.setAttribute("aria-expanded", "false");
  input.autocomplete = "off";

  const language = () => input.dataset.language || document.getElementById("id_language")?.value || "";
  const options = () => [...list.children];

  // Where the name at the caret begins and ends.
  function segment() {
    if (isSingle) return [0, input.value.length];
    const caret = input.selectionStart ?? input.value.length;
    let begin = caret;
    while (begin > 0 && !SEPARATORS.test(input.value[begin - 1])) begin -= 1;
    let end = caret;
    while (end < input.value.length && !SEPARATORS.test(input.value[end])) end += 1;
    return [begin, end];
  }

  function close() {
    asking.abort();
    window.clearTimeout(timer);
    list.hidden = true;
    list.replaceChildren();
    active = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  }

  function mark(number) {
    const all = options();
    active = (number + all.length) % all.length;
    all.forEach((option, n) => option.setAttribute("aria-selected", String(n === active)));
    input.setAttribute("aria-activedescendant", all[active].id);
    all[active].scrollIntoView({ block: "nearest" });
  }

  function take(name) {
    const [begin, end] = segment();
    const before = input.value.slice(0, begin);
    const after = input.value.slice(end);
    const comma = ["ar", "ckb"].includes(language()) ? "،" : ",";
    const tail = isSingle ? "" : after.trim() ? "" : `${comma} `;
    const head = `${before}${before && !/\s$/.test(before) ? " " : ""}${name}${tail}`;
    input.value = head + after.replace(/^\s+$/, "");
    input.setSelectionRange(head.length, head.length);
    close();
    input.dispatchEvent(new Event("change", { bubbles: true }));
  }

  function show(names) {
    const [begin, end] = segment();
    const typed = new Set(`${input.value.slice(0, begin)},${input.value.slice(end)}`.split(SEPARATORS).map((n) => n.trim()));
    const fresh = names.filter((name) => !typed.has(name));
    if (!fresh.length || document.activeElement !== input) return close();
    list.replaceChildren(
      ...fresh.map((name, n) => {
        const option = document.createElement("li");
        option.id = `${list.id}-${n}`;
        option.dir = "auto";
        option.textContent = name;
        option.setAttribute("role", "option");
        option.setAttribute("aria-selected", "false");
        return option;
      }),
    );
    active = -1;
    input.removeAttribute("aria-activedescendant");
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
  }

  async function ask() {
    const term = input.value.slice(...segment()).trim();
    if (!term) return close();
    asking.abort();
    asking = new AbortController();
    const address = `${input.dataset.tagNames}?${new URLSearchParams({ language: language(), term })}`;
    try {
      const response = await fetch(address, { signal: asking.signal, headers: { Accept: "application/json" } });
      if (response.ok && !response.redirected) show((await response.json()).tags);
    } catch {
      // Offline, or asked again meanwhile: the field goes on as a plain one.
    }
  }

  input.addEventListener("input", () => {
    window.clearTimeout(timer);
    timer = window.setTimeout(ask, WAIT);
  });
  input.addEventListener("keydown", (event) => {
    if (event.isComposing || list.hidden) return;
    if (event.key === "ArrowDown") mark(active + 1);
    else if (event.key === "ArrowUp") mark(active < 0 ? -1 : active - 1);
    else if (event.key === "Enter" && active >= 0) take(options()[active].textContent);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
  });
  input.addEventListener("blur", close);
  // The press comes before the blur, and must not take the focus from the field.
  list.addEventListener("pointerdown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) take(option.textContent);
  });
}

function labelOf(input) {
  return input.labels?.[0]?.textContent.replace(/:\s*$/, "") ?? "";
}
