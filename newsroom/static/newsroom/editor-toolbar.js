// The editor's toolbar: one stop of the Tab key, arrows within, Alt+F10 from the text and Escape back to it.

import { inText } from "./editor-focus.js";

const LEVELS = [2, 3, 4];

export function buildToolbar(editor, tools) {
  const { words } = tools.config;
  const bar = document.createElement("div");
  bar.className = "story-editor-bar";
  bar.setAttribute("role", "toolbar");
  bar.setAttribute("aria-label", words.toolbar);
  const kinds = kindChoice(editor, words);
  const groups = [
    [kinds],
    [
      mark("bold", "format_bold", "Ctrl+B"),
      mark("italic", "format_italic", "Ctrl+I"),
      button("link", "link", () => tools.link(), { pressed: () => editor.isActive("link"), keys: "Ctrl+K" }),
    ],
    [
      block("bulletList", "format_list_bulleted", (chain) => chain.toggleBulletList()),
      block("orderedList", "format_list_numbered", (chain) => chain.toggleOrderedList()),
      block("blockquote", "format_quote", (chain) => chain.toggleBlockquote()),
    ],
    [
      button("photo", "image", () => tools.photo(null, insertPhoto)),
      button("table", "grid_on", () => run((chain) => chain.insertTable({ rows: 3, cols: 3, withHeaderRow: true })), {
        hidden: () => editor.isActive("table"),
      }),
    ],
    tableTools(),
    [
      button("undo", "undo", () => run((chain) => chain.undo()), { enabled: () => editor.can().undo(), keys: "Ctrl+Z" }),
      button("redo", "redo", () => run((chain) => chain.redo()), { enabled: () => editor.can().redo(), keys: "Ctrl+Y" }),
      button("plain", "format_clear", () => run((chain) => chain.unsetAllMarks().clearNodes())),
      sourceButton(),
    ],
  ];
  for (const items of groups) {
    const group = document.createElement("span");
    group.className = "story-editor-group";
    group.append(...items.map((item) => item.control));
    bar.append(group);
  }
  const items = groups.flat();
  const refresh = () => items.forEach((item) => item.refresh());
  editor.on("transaction", refresh);
  refresh();
  walkWithArrows(bar, editor);
  return bar;

  function run(steps) {
    steps(inText(editor)).run();
  }

  function mark(name, icon, keys) {
    return button(name, icon, () => run((chain) => chain.toggleMark(name)), { pressed: () => editor.isActive(name), keys });
  }

  function block(name, icon, steps) {
    return button(name, icon, () => run(steps), { pressed: () => editor.isActive(name) });
  }

  function button(name, icon, act, { pressed, enabled, hidden, keys } = {}) {
    const control = document.createElement("button");
    control.type = "button";
    control.dataset.tool = name;
    control.setAttribute("aria-label", words[name]);
    control.title = keys ? `${words[name]} (${keys})` : words[name];
    const sign = document.createElement("span");
    sign.className = "material-icons";
    sign.setAttribute("aria-hidden", "true");
    sign.textContent = icon;
    control.append(sign);
    control.addEventListener("click", () => control.getAttribute("aria-disabled") !== "true" && act());
    const refresh = () => {
      if (pressed) control.setAttribute("aria-pressed", String(pressed()));
      if (enabled) control.setAttribute("aria-disabled", String(!enabled()));
      if (hidden) control.hidden = hidden();
    };
    return { control, refresh };
  }

  function tableTools() {
    const inTable = { hidden: () => !editor.isActive("table") };
    return [
      button("addRow", "add", () => run((chain) => chain.addRowAfter()), inTable),
      button("deleteRow", "remove", () => run((chain) => chain.deleteRow()), inTable),
      button("addColumn", "playlist_add", () => run((chain) => chain.addColumnAfter()), inTable),
      button("deleteColumn", "playlist_remove", () => run((chain) => chain.deleteColumn()), inTable),
      button("headerRow", "table_rows", () => run((chain) => chain.toggleHeaderRow()), inTable),
      button("tableCaption", "title", captionTable, inTable),
      button("deleteTable", "delete", () => run((chain) => chain.deleteTable()), inTable),
    ];
  }

  async function captionTable() {
    const caption = await tools.words({ title: words.tableCaption, value: editor.getAttributes("table").caption });
    if (caption !== null) run((chain) => chain.updateAttributes("table", { caption }));
  }

  function insertPhoto({ photo, alt, caption }) {
    const content = caption ? [{ type: "text", text: caption }] : [];
    run((chain) => chain.insertContent({ type: "photo", attrs: { photo, alt }, content }));
  }

  function sourceButton() {
    let shown = false;
    const made = button("source", "code", () => {
      shown = !shown;
      tools.showSource(shown);
      bar.classList.toggle("shows-source", shown);
      made.refresh();
    }, { pressed: () => shown });
    return made;
  }
}

/** Paragraph or heading, as a list to choose from. */
function kindChoice(editor, words) {
  const control = document.createElement("select");
  control.dataset.tool = "kind";
  control.setAttribute("aria-label", words.kind);
  control.append(new Option(words.paragraph, "p"), ...LEVELS.map((level) => new Option(words[`h${level}`], `h${level}`)));
  control.addEventListener("change", () => {
    const chain = inText(editor);
    if (control.value === "p") chain.setParagraph().run();
    else chain.setHeading({ level: Number(control.value[1]) }).run();
  });
  const refresh = () => {
    const level = LEVELS.find((level) => editor.isActive("heading", { level }));
    control.value = level ? `h${level}` : "p";
  };
  return { control, refresh };
}

function walkWithArrows(bar, editor) {
  const controls = () => [...bar.querySelectorAll("button, select")].filter((one) => one.offsetParent !== null);
  const only = (chosen) => {
    for (const one of bar.querySelectorAll("button, select")) one.tabIndex = one === chosen ? 0 : -1;
  };
  only(bar.querySelector("button, select"));
  bar.addEventListener("focusin", (event) => only(event.target));
  bar.addEventListener("keydown", (event) => {
    if (event.key === "Escape") return inText(editor).run();
    const forward = getComputedStyle(bar).direction === "rtl" ? "ArrowLeft" : "ArrowRight";
    const step = { [forward]: 1, [forward === "ArrowLeft" ? "ArrowRight" : "ArrowLeft"]: -1 }[event.key];
    const all = controls();
    const here = all.indexOf(document.activeElement);
    const there = { Home: 0, End: all.length - 1 }[event.key] ?? (step ? (here + step + all.length) % all.length : -1);
    if (there < 0) return;
    event.preventDefault();
    all[there].focus();
  });
}
