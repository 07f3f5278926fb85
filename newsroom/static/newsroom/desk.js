// The desk by keys and by thumb: decides at once, sends behind, and brings back whatever could not be sent.
// Without this script the same forms do the same, one page at a time.
import { actionOf, setUpDialog } from "./desk-keys.js";
import { markPassage, setUpPassages } from "./desk-passage.js";

const list = document.getElementById("desk-cards");
const TIMEOUT = 15_000; // milliseconds a decision may take
const UNDO_WITHIN = 10_000; // milliseconds, as moderation.decisions has it
const AHEAD = { queue: 10, oneByOne: 3 }; // cards that lie ready, the current one among them

const judged = document.querySelector(".judged"); // a reported comment, on its own page
if (list) start();
if (judged) setUpPassages(judged.parentElement);

function start() {
  const words = document.getElementById("desk-says").dataset;
  const status = document.getElementById("desk-status");
  const alerts = document.getElementById("desk-alerts");
  const openHelp = setUpDialog(words);
  const oneByOne = Boolean(list.dataset.take);
  const ahead = oneByOne ? AHEAD.oneByOne : AHEAD.queue;
  let more = list.dataset.more || list.dataset.take;
  let current = null;
  let loading = false;
  let last = null; // the newest decision: {card, sent: Promise of its answer, at}
  const unsent = new Set(); // cards whose decision is on its way, or came back

  const cards = () => [...list.querySelectorAll(".desk-card:not([hidden])")].filter((card) => card.querySelector(".decide"));
  const token = () => document.querySelector("[name=csrfmiddlewaretoken]").value;

  function say(text) {
    status.textContent = text;
  }

  function select(card, { focus = true, scroll = focus } = {}) {
    current?.removeAttribute("aria-current");
    current?.classList.remove("is-choosing");
    current = card ?? null;
    if (!current) return say(more && !loading ? "" : words.empty);
    current.setAttribute("aria-current", "true");
    if (focus) current.focus({ preventScroll: true });
    if (scroll) current.scrollIntoView({ block: "start", behavior: "instant" });
  }

  /** The card after `card` that can be decided, else the one before it. */
  function neighbour(card) {
    const visible = cards();
    const after = visible.find((one) => card.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_FOLLOWING);
    return after ?? visible.filter((one) => one !== card).at(-1);
  }

  /** Ask the server; anything but an answer in JSON is a failure with no `status`. */
  async function ask(address, { method = "GET", body } = {}) {
    const response = await fetch(address, {
      method, body, headers: { Accept: "application/json" }, signal: AbortSignal.timeout(TIMEOUT), redirect: "error",
    });
    if (!response.headers.get("Content-Type")?.startsWith("application/json")) throw new Error(String(response.status));
    return { status: response.status, answer: await response.json() };
  }

  // Deciding ----------------------------------------------------------------------------------------------------------

  function decide(card, address) {
    const sent = send(card, address, new FormData(card.querySelector(".decide")));
    last = { card, sent, at: Date.now() };
    const next = neighbour(card);
    card.hidden = true;
    select(next);
    fetchMore();
  }

  async function send(card, address, body) {
    unsent.add(card);
    try {
      const { status: code, answer } = await ask(address, { method: "POST", body });
      if (code === 409) conflict(card, answer);
      else if (code !== 200) return comeBack(card, answer.message);
      unsent.delete(card);
      if (code === 200) offerUndo(answer.message);
      if (answer.pause) remind(answer.pause);
      return code === 200 ? answer : null;
    } catch {
      return comeBack(card, words.failed);
    }
  }

  /** Show `card` again, as it was left, with the reason. The card in hand stays in hand. */
  function comeBack(card, reason) {
    const problem = card.querySelector(".desk-problem");
    problem.textContent = reason;
    problem.hidden = false;
    card.hidden = false;
    alarm(`${card.querySelector(".desk-writer").textContent} ${words.back}: ${reason}`, () => select(card));
    if (!current) select(card);
    return null;
  }

  function conflict(card, answer) {
    alarm(`${card.querySelector(".desk-writer").textContent}: ${answer.message}`, () => select(current ?? cards()[0]));
    document.querySelector("#desk-alerts .button")?.focus();
  }

  /** A message that stays until somebody goes on. */
  function alarm(text, goOn) {
    const box = document.createElement("div");
    box.className = "notice notice-bad";
    box.setAttribute("role", "alert");
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button button-quiet";
    button.textContent = words.goOn;
    button.addEventListener("click", () => {
      box.remove();
      goOn();
    });
    const sentence = document.createElement("p");
    sentence.textContent = text;
    box.append(sentence, button);
    alerts.append(box);
  }

  function offerUndo(text) {
    say(`${text} `);
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button button-quiet";
    button.textContent = words.undo;
    button.addEventListener("click", undo);
    status.append(button);
    setTimeout(() => button.remove(), UNDO_WITHIN);
  }

  async function undo() {
    const taken = last;
    last = null;
    if (!taken || Date.now() - taken.at > UNDO_WITHIN) return say(words.nothing);
    const decided = await taken.sent;
    if (!decided) return;
    const body = new FormData();
    body.set("csrfmiddlewaretoken", token());
    try {
      const address = document.getElementById("desk-says").dataset.undoAddress.replace("/0/", `/${decided.decision}/`);
      const { status: code, answer } = await ask(address, { method: "POST", body });
      if (code !== 200) return alarm(answer.message, () => select(current));
      putBack(taken.card, answer.version);
    } catch {
      last = taken;
      alarm(words.failed, () => select(current));
    }
  }

  function putBack(card, version) {
    card.dataset.version = version;
    card.querySelector("[name=seen_version]").value = version;
    const box = card.querySelector("[name=chosen]");
    if (box) box.value = box.value.replace(/^\d+:\d+/, `${card.dataset.comment}:${version}`);
    card.hidden = false;
    select(card);
    say(words.undone);
  }

  // The list ----------------------------------------------------------------------------------------------------------

  /** Keep `ahead` cards ready. Nothing that is shown moves: what comes, comes below. */
  async function fetchMore() {
    if (loading || !more || cards().length > ahead) return;
    loading = true;
    try {
      const body = new FormData();
      body.set("csrfmiddlewaretoken", token());
      const { answer } = await ask(more, oneByOne ? { method: "POST", body } : {});
      const template = document.createElement("template");
      template.innerHTML = answer.html; // our own page's markup, escaped by the server
      for (const card of template.content.querySelectorAll(".desk-card")) {
        if (!document.getElementById(card.id)) list.append(card);
      }
      more = answer.more;
    } catch {
      more = null;
      alarm(words.failed, () => location.reload());
    } finally {
      loading = false;
    }
    if (!current && cards().length) select(cards()[0]);
    if (more) fetchMore();
    else if (!current) say(words.empty);
  }

  /** Say that a pause is due. Nothing moves, and nothing has to be answered. */
  function remind(text) {
    const box = document.getElementById("desk-pause");
    if (!box) return;
    box.querySelector("span").textContent = text;
    box.hidden = false;
  }

  document.getElementById("desk-pause")?.addEventListener("submit", (event) => {
    event.preventDefault();
    event.currentTarget.hidden = true;
    current?.focus({ preventScroll: true });
    ask(event.target.action, { method: "POST", body: new FormData(event.target) }).catch(() => {}); // it will remind again
  });

  async function lookForArrivals() {
    const box = document.getElementById("desk-arrivals");
    if (!box || document.hidden || list.dataset.newest === "0") return;
    const address = list.dataset.arrivals;
    try {
      const { answer } = await ask(`${address}${address.includes("?") ? "&" : "?"}since=${list.dataset.newest}`);
      box.hidden = !answer.count;
      if (box.firstElementChild.textContent !== answer.words) box.firstElementChild.textContent = answer.words;
    } catch {
      // The next look may succeed; nothing was lost.
    }
  }

  // Keys and thumbs ---------------------------------------------------------------------------------------------------

  const form = () => current?.querySelector(".decide");
  const boxes = () => [...(form()?.querySelectorAll("[name=guidelines]") ?? [])];
  const reject = () => decide(current, form().action);

  const actions = {
    approve: () => {
      if (!form()) return;
      for (const box of boxes()) box.checked = false; // the key says what is meant; a button beside ticked boxes does not
      decide(current, form().querySelector(".button-approve").formAction);
    },
    reject: () => {
      if (!form()) return;
      if (boxes().some((box) => box.checked)) return reject();
      current.classList.add("is-choosing");
      say(words.choose);
    },
    note: () => form()?.querySelector("textarea").focus(),
    skip: () => {
      if (!current) return;
      const skipped = current;
      const next = neighbour(skipped);
      if (oneByOne) putAside(skipped);
      select(next);
      fetchMore();
    },
    undo,
    down: () => select(step(1)),
    up: () => select(step(-1)),
    mark: () => say(current && markPassage(current) ? "" : words.select),
    reveal: () => current?.querySelector(".blurred")?.classList.toggle("is-bare"),
    choose: () => current?.querySelector("[name=chosen]")?.click(),
    search: () => {
      const field = document.querySelector("#desk-filter [name=q]");
      if (!field) return;
      field.closest("details").open = true;
      field.focus();
    },
    help: openHelp,
  };

  function step(by) {
    const visible = cards();
    return visible[visible.indexOf(current) + by] ?? current ?? visible[0];
  }

  function putAside(card) {
    const body = new FormData(card.querySelector(".desk-skip"));
    card.remove();
    ask(card.querySelector(".desk-skip").action, { method: "POST", body }).catch(() => alarm(words.failed, () => {}));
  }

  function digit({ digit: number, shift }) {
    const box = boxes()[number - 1];
    if (!box) return;
    box.checked = shift ? !box.checked : true;
    if (!shift) reject();
  }

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      if (current?.contains(document.activeElement)) current.focus({ preventScroll: true });
      current?.classList.remove("is-choosing");
      return;
    }
    const asked = actionOf(event);
    if (!asked || event.repeat) return;
    event.preventDefault();
    if (asked.digit) digit(asked);
    else actions[asked]();
  });

  list.addEventListener("focusin", (event) => {
    const card = event.target.closest(".desk-card");
    if (card && card !== current && card.querySelector(".decide")) select(card, { focus: false });
  });

  list.addEventListener("submit", (event) => {
    if (!event.target.matches(".decide")) return;
    event.preventDefault();
    decide(event.target.closest(".desk-card"), event.submitter?.getAttribute("formaction") ?? event.target.action);
  });

  addEventListener("beforeunload", (event) => {
    if (unsent.size) event.preventDefault();
  });

  if (list.dataset.arrivals) setInterval(lookForArrivals, 30_000);
  list.addEventListener("desk:look", lookForArrivals);
  setUpPassages(list);
  const named = document.getElementById(location.hash.slice(1));
  const isBack = cards().includes(named); // from a decision: the place is kept; else filter and counts stay in sight
  select(isBack ? named : cards()[0], { scroll: isBack });
  fetchMore();
}
