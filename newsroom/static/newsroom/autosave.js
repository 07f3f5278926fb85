// Keeps what is typed into a story's form until it is saved: on the server a few seconds after typing stops, and in this
// browser at once. Says who else has the story open, and what became of the connection. Without this script the form
// saves as ever, and a save that meets a newer version still asks.

const QUIET = 3_000; // after the last key
const LONGEST = 15_000; // of typing without a pause
const LOOK = 5_000; // some fields tell nobody when they change
const BEAT = 30_000;
const AGAIN = 10_000;
const PATIENCE = 15_000;
const KEEP_HERE = 30 * 24 * 3_600_000;
const NOT_KEPT = new Set(["csrfmiddlewaretoken", "draft_key"]);

const box = document.querySelector("[data-autosave]");
if (box) watch(box, box.closest("form"));

function watch(box, form) {
  const { url, story, user } = box.dataset;
  const [keyField, ...earlier] = form.querySelectorAll("input[name=draft_key]");
  const shelf = `newsroom-unsaved:${user}:${story}:`;
  let key = keyField.value;
  let kept = null; // the form's text when it was first touched, later when it last arrived
  let copied = null; // its text when it was last put into this browser
  let copiedWell = true;
  let keptTime = clock();
  let waitingSince = 0;
  let timer = 0;
  let sending = false;
  let leaving = false;
  let trouble = ""; // "", "waiting", "signed-out" or "refused"

  // What the form says ------------------------------------------------------------------------------------------------
  function written() {
    const fields = new URLSearchParams();
    for (const [name, value] of new FormData(form)) {
      if (typeof value === "string" && !NOT_KEPT.has(name)) fields.append(name, value);
    }
    return fields.toString();
  }

  function isUnsaved() {
    return kept !== null && written() !== kept;
  }

  function touched() {
    if (kept === null) kept = written();
  }

  function look() {
    if (leaving || !isUnsaved()) return;
    const text = written();
    if (text === copied) return;
    copied = text;
    copiedWell = putHere(key, text);
    waitingSince ||= Date.now();
    if (trouble) return say(trouble);
    clearTimeout(timer);
    timer = setTimeout(send, Math.max(0, Math.min(QUIET, waitingSince + LONGEST - Date.now())));
  }

  // This browser ------------------------------------------------------------------------------------------------------
  function putHere(under, text) {
    try {
      localStorage.setItem(shelf + under, JSON.stringify({ text, at: Date.now(), time: clock() }));
      return true;
    } catch {
      return false; // full, or told to keep nothing
    }
  }

  function takeAway(under) {
    try {
      localStorage.removeItem(shelf + under);
    } catch {
      // A browser that keeps nothing has nothing to take away.
    }
  }

  function foundHere() {
    const found = [];
    try {
      for (const name of Object.keys(localStorage)) {
        if (!name.startsWith(shelf) || name === shelf + key) continue;
        const copy = JSON.parse(localStorage.getItem(name));
        if (Date.now() - copy.at > KEEP_HERE) localStorage.removeItem(name);
        else found.push({ ...copy, key: name.slice(shelf.length) });
      }
    } catch {
      // Nothing kept here, or nothing of ours.
    }
    return found;
  }

  /** Bring what never arrived to the server, where the form can be opened with it. */
  async function bringFound() {
    for (const copy of foundHere()) {
      const response = await post(copy.text, copy.key).catch(() => null);
      if (!response || (!response.ok && response.status !== 409)) continue;
      takeAway(copy.key);
      if (!response.ok) continue; // it was saved after all
      const shown = box.querySelector("[data-found-box]");
      shown.querySelector("[data-found-text]").textContent = box.dataset.found.replace("{time}", copy.time);
      shown.querySelector("a").href = `?draft=${encodeURIComponent(copy.key)}`;
      shown.hidden = false;
    }
  }

  // The server --------------------------------------------------------------------------------------------------------
  function post(text, under, more = {}) {
    const fields = new URLSearchParams(text);
    if (under) fields.set("draft_key", under);
    for (const [name, value] of Object.entries(more)) fields.set(name, value);
    return fetch(url, {
      method: "POST",
      body: fields,
      headers: { "X-CSRFToken": form.querySelector("[name=csrfmiddlewaretoken]").value },
      redirect: "manual",
      signal: AbortSignal.timeout(PATIENCE),
    });
  }

  /** Ask for a fresh token: signing in again changes it. Whether somebody is signed in. */
  async function refreshToken() {
    const response = await fetch(url, { redirect: "manual", signal: AbortSignal.timeout(PATIENCE) });
    if (!response.ok) return false;
    const { token } = await response.json();
    for (const input of document.querySelectorAll("[name=csrfmiddlewaretoken]")) input.value = token;
    return true;
  }

  async function send() {
    clearTimeout(timer);
    if (sending || leaving) return;
    sending = true;
    try {
      await deliver(written(), true);
    } catch {
      say("waiting"); // no connection, or no answer in time
    } finally {
      sending = false;
    }
    if (trouble && trouble !== "refused") timer = setTimeout(send, AGAIN);
    else look();
  }

  async function deliver(text, mayAskAgain) {
    const unsaved = isUnsaved();
    const response = unsaved ? await post(text, key, { typed: 1 }) : await post(beat(), "", {});
    if (response.type === "opaqueredirect" || response.status === 401) return say("signed-out");
    if (response.status === 409) {
      takeAway(key);
      key = keyField.value = (await response.json()).key;
      return mayAskAgain ? deliver(text, false) : say("waiting");
    }
    const isJson = (response.headers.get("Content-Type") || "").startsWith("application/json");
    if (response.status === 403 && isJson) return say("refused");
    if (response.status === 403 && mayAskAgain) {
      return (await refreshToken()) ? deliver(text, false) : say("signed-out");
    }
    if (!response.ok || !isJson) return say("waiting");
    arrived(text, await response.json(), unsaved);
  }

  function arrived(text, answer, wasUnsaved) {
    const wasTrouble = trouble;
    trouble = "";
    if (wasUnsaved) {
      kept = text;
      keptTime = answer.time;
      waitingSince = 0;
      if (isUnsaved()) copied = null;
      else takeAway(key);
      show(box.dataset[wasTrouble ? "back" : "kept"]);
    } else if (wasTrouble) {
      show("");
    }
    const others = box.querySelector("[data-others]");
    if (answer.others) {
      others.replaceChildren(...answer.others.map((words) => Object.assign(document.createElement("li"), { textContent: words })));
    }
    const newer = box.querySelector("[data-newer]");
    newer.hidden = !answer.newer;
    newer.textContent = answer.newer || "";
  }

  function beat() {
    const seen = form.querySelector("[name=theirs]") || form.querySelector("[name=seen_revision]");
    return new URLSearchParams({ beat: 1, ...(seen ? { seen_revision: seen.value } : {}) }).toString();
  }

  // What people read --------------------------------------------------------------------------------------------------
  function say(what) {
    trouble = what;
    const words = { waiting: "waiting", "signed-out": "signedOut", refused: "refused" }[what];
    if (what === "waiting" && !isUnsaved()) show(box.dataset.offline);
    else show(box.dataset[copiedWell ? words : "nowhere"]);
  }

  function show(words) {
    box.querySelector("[data-status]").textContent = (words || "").replace("{time}", keptTime);
    box.classList.toggle("is-trouble", Boolean(trouble));
    box.querySelector("[data-retry]").hidden = trouble !== "waiting" && trouble !== "signed-out";
    box.querySelector("[data-sign-in]").hidden = trouble !== "signed-out";
  }

  function clock() {
    return new Date().toTimeString().slice(0, 5);
  }

  // When --------------------------------------------------------------------------------------------------------------
  for (const event of ["focusin", "keydown", "pointerdown", "paste", "drop"]) {
    form.addEventListener(event, touched, { capture: true });
  }
  let soon = 0;
  for (const event of ["input", "change"]) {
    form.addEventListener(event, () => {
      clearTimeout(soon);
      soon = setTimeout(look, 300);
    });
  }
  setInterval(look, LOOK);
  setInterval(() => !trouble && send(), BEAT);
  window.addEventListener("online", send);
  window.addEventListener("offline", () => {
    say("waiting");
    timer = setTimeout(send, AGAIN);
  });
  window.addEventListener("focus", () => trouble === "signed-out" && send());
  box.querySelector("[data-retry]").addEventListener("click", send);
  form.addEventListener("submit", () => {
    if (isUnsaved()) putHere(key, written());
    leaving = true;
  });
  window.addEventListener("beforeunload", (event) => {
    if (!leaving && isUnsaved()) event.preventDefault();
  });
  window.addEventListener("pagehide", () => {
    const token = form.querySelector("[name=csrfmiddlewaretoken]").value;
    const fields = new URLSearchParams(leaving || !isUnsaved() ? "" : written());
    if (fields.size) fields.set("draft_key", key);
    fields.set("left", 1);
    fields.set("csrfmiddlewaretoken", token);
    navigator.sendBeacon(url, fields);
  });
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) leaving = false;
  });
  for (const { value } of earlier) takeAway(value); // this page is the answer to them
  bringFound().finally(send);
}
