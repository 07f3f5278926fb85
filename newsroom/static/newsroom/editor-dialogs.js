// The editor's two searches: a photo of the library, and a story of the house to link to.

import { inText } from "./editor-focus.js";
import { leadsSomewhere } from "./editor-schema.js";

const PAUSE = 250; // milliseconds after a key before a search goes out

/** The photos the text shows, fetched by number, those asked for at one moment together. */
export class PhotoShelf {
  constructor(address) {
    this.address = address;
    this.known = new Map();
    this.wanted = null;
  }

  async get(number) {
    if (!this.known.has(number)) {
      this.wanted ??= { numbers: [], answer: new Promise((resolve) => setTimeout(() => resolve(this.fetchWanted()))) };
      this.wanted.numbers.push(number);
      this.known.set(number, this.wanted.answer.then((found) => found.get(number)));
    }
    return this.known.get(number);
  }

  async fetchWanted() {
    const { numbers } = this.wanted;
    this.wanted = null;
    const query = new URLSearchParams(numbers.map((number) => ["id", number]));
    const results = await ask(`${this.address}?${query}`).catch(() => []);
    return new Map(results.map((photo) => [String(photo.id), photo]));
  }

  keep(photo) {
    this.known.set(String(photo.id), Promise.resolve(photo));
  }
}

async function ask(address) {
  const response = await fetch(address, { headers: { Accept: "application/json" }, redirect: "error" });
  if (!response.ok) throw new Error(String(response.status));
  return (await response.json()).results;
}

// Parts -----------------------------------------------------------------------------------------------------------
let count = 0;

function field(label, control) {
  const wrapper = document.createElement("p");
  const name = document.createElement("label");
  control.id = `story-editor-field-${++count}`;
  name.htmlFor = control.id;
  name.textContent = label;
  wrapper.append(name, control);
  return wrapper;
}

function input(type, value = "") {
  const made = document.createElement(type === "textarea" ? "textarea" : "input");
  if (type !== "textarea") made.type = type;
  else made.rows = 2;
  made.value = value;
  made.dir = "auto";
  return made;
}

function action(text, act, className = "") {
  const button = document.createElement("button");
  button.type = "button";
  button.className = `button ${className}`;
  button.textContent = text;
  button.addEventListener("click", act);
  return button;
}

/** The button that Enter presses. */
function submit(text) {
  const button = action(text, () => {}, "default");
  button.type = "submit";
  return button;
}

/** Show a dialog with `parts`; `onSubmit` is what Enter does. Returns it with `close`. */
function openDialog(title, parts, onSubmit) {
  const dialog = document.createElement("dialog");
  dialog.className = "story-editor-dialog";
  const form = document.createElement("form");
  form.method = "dialog";
  const heading = document.createElement("h2");
  heading.id = `story-editor-title-${++count}`;
  heading.textContent = title;
  dialog.setAttribute("aria-labelledby", heading.id);
  form.append(heading, ...parts);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    onSubmit();
  });
  dialog.append(form);
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

function buttons(...made) {
  const row = document.createElement("p");
  row.className = "story-editor-actions";
  row.append(...made);
  return row;
}

/** A box that searches while one types, and a list of what it found. `draw` makes the inside of a result's button. */
function search({ label, address, words, draw, choose, language = "" }) {
  const box = input("search");
  const list = document.createElement("ul");
  list.className = "story-editor-results";
  const status = document.createElement("p");
  status.className = "help";
  status.setAttribute("role", "status");
  let timer = 0;
  let turn = 0;

  async function look() {
    const mine = ++turn;
    const query = new URLSearchParams({ q: box.value.trim(), language });
    try {
      const results = await ask(`${address}?${query}`);
      if (mine !== turn) return;
      status.textContent = results.length ? "" : words.nothingFound;
      list.replaceChildren(...results.map(item));
    } catch {
      if (mine === turn) status.textContent = words.searchFailed;
    }
  }

  function item(result) {
    const row = document.createElement("li");
    const button = document.createElement("button");
    button.type = "button";
    button.append(...draw(result));
    button.addEventListener("click", () => choose(result));
    row.append(button);
    return row;
  }

  box.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(look, PAUSE);
  });
  return { parts: [field(label, box), status, list], box, look };
}

function span(text, className, more = {}) {
  const made = document.createElement("span");
  made.className = className;
  made.textContent = text;
  return Object.assign(made, more);
}

// Photos ----------------------------------------------------------------------------------------------------------
/** Ask for a photo and its words, or for other words of the one with `attrs`; `insert({photo, alt, caption})` takes them. */
export function choosePhoto({ config, shelf, attrs, insert }) {
  if (attrs) return describe({ config, photo: { id: attrs.photo }, alt: attrs.alt, insert, again: () => pick() });
  return pick();

  function pick() {
    const { words } = config;
    const found = search({
      label: words.searchPhotos, address: config.photos, words,
      draw(photo) {
        const image = document.createElement("img");
        Object.assign(image, { src: photo.thumb, alt: "", loading: "lazy" });
        return [image, span(photo.caption || photo.name, "story-editor-result", { dir: "auto" }), span(photo.problem || photo.credit, "story-editor-fact", { dir: "auto" })];
      },
      choose(photo) {
        dialog.close();
        shelf.keep(photo);
        describe({
          config, photo, insert, again: pick,
          alt: attrs?.alt || photo.alt,
          caption: attrs ? undefined : photo.caption,
        });
      },
    });
    const upload = document.createElement("a");
    Object.assign(upload, { href: config.addPhoto, target: "_blank", textContent: words.sendPhoto });
    upload.addEventListener("click", () => window.addEventListener("focus", () => found.look(), { once: true }));
    const close = action(words.cancel, () => dialog.close());
    const dialog = openDialog(words.photo, [...found.parts, buttons(...(config.addPhoto ? [upload] : []), close)], found.look);
    dialog.classList.add("is-wide");
    found.look();
  }
}

function describe({ config, photo, alt, caption, insert, again }) {
  const { words } = config;
  const alternative = input("textarea", alt);
  const text = caption === undefined ? null : input("textarea", caption);
  const hint = document.createElement("p");
  hint.className = "help";
  hint.textContent = words.altHelp;
  const done = () => {
    dialog.close();
    const oneLine = (value) => value.replace(/\s+/g, " ").trim();
    insert({ photo: String(photo.id), alt: oneLine(alternative.value), caption: text ? oneLine(text.value) : undefined });
  };
  const parts = [field(words.alt, alternative), hint, ...(text ? [field(words.caption, text)] : [])];
  const row = buttons(
    submit(words.done),
    action(words.otherPhoto, () => {
      dialog.close();
      again();
    }),
    action(words.cancel, () => dialog.close()),
  );
  const dialog = openDialog(words.photo, [...parts, row], done);
  alternative.focus();
}

// Links -----------------------------------------------------------------------------------------------------------
/** Ask where the selected words lead: an address, or a story found by its headline. */
export function chooseLink({ editor, config }) {
  const { words } = config;
  const before = editor.getAttributes("link").href ?? "";
  const address = input("text", before);
  address.dir = "ltr";
  const problem = document.createElement("p");
  problem.className = "errornote";
  problem.setAttribute("role", "alert");
  problem.hidden = true;
  const found = search({
    label: words.searchStories, address: config.stories, words,
    language: editor.view.dom.closest("form")?.elements.language?.value ?? config.language,
    draw: (story) => [
      span(story.headline, "story-editor-result", { dir: "auto", lang: story.lang }),
      span(story.facts, "story-editor-fact"),
    ],
    choose: (story) => set(story.href, story.headline),
  });
  const row = buttons(
    submit(words.done),
    ...(before ? [action(words.unlink, () => set(""))] : []),
    action(words.cancel, () => dialog.close()),
  );
  const dialog = openDialog(words.link, [field(words.address, address), problem, ...found.parts, row], () => {
    if (document.activeElement === found.box) found.look();
    else apply();
  });
  address.focus();
  return true;

  function apply() {
    const typed = address.value.trim();
    const href = /^[\w-]+(?:\.[\w-]+)+(?:[/?#]|$)/.test(typed) ? `https://${typed}` : typed;
    if (href && !leadsSomewhere(href, config.schema.protocols)) {
      problem.textContent = words.badAddress;
      problem.hidden = false;
      return address.focus();
    }
    set(href, href);
  }

  function set(href, words) {
    dialog.close();
    const chain = inText(editor).extendMarkRange("link");
    if (!href) chain.unsetLink().run();
    else if (editor.state.selection.empty && !before) {
      chain.insertContent({ type: "text", text: words, marks: [{ type: "link", attrs: { href } }] }).run();
    } else chain.setLink({ href }).run();
  }
}

/** Ask for a line of words; null when nothing is to be changed. */
export function askForWords({ title, value, config }) {
  return new Promise((resolve) => {
    const line = input("text", value);
    const done = () => {
      resolve(line.value.trim());
      dialog.close();
    };
    const row = buttons(
      submit(config.words.done),
      action(config.words.cancel, () => dialog.close()),
    );
    const dialog = openDialog(title, [field(title, line), row], done);
    dialog.addEventListener("close", () => resolve(null));
  });
}
