// The editor of a story's text. It stands before its textarea and writes into it on every change, so that the form, and
// whatever else reads the form, finds the text where it always is. Without this script the textarea does.

import { extensionsFor, unknownTags, written } from "./editor-schema.js";
import { choosePhoto, chooseLink, PhotoShelf, askForWords } from "./editor-dialogs.js";
import { inText } from "./editor-focus.js";
import { buildToolbar } from "./editor-toolbar.js";
import { fromPlain, isHtml, quiet, tidy } from "./pasted.js";

for (const textarea of document.querySelectorAll("textarea[data-editor]")) {
  start(textarea).catch((error) => {
    console.error(error); // the textarea is still there, and works
    textarea.hidden = false;
  });
}

async function start(textarea) {
  const config = JSON.parse(textarea.dataset.editor);
  const library = await import(config.library);
  const unknown = unknownTags(config.schema);
  if (unknown.length) throw new Error(`The editor does not know ${unknown.join(", ")}`);
  followLanguage(textarea, config.languages);

  const frame = document.createElement("div");
  frame.className = "story-editor";
  const status = document.createElement("p");
  status.className = "story-editor-status help";
  status.setAttribute("role", "status");
  const place = document.createElement("div");
  place.className = "story-editor-place";
  textarea.before(frame);

  const shelf = new PhotoShelf(config.photos);
  const tools = {
    config,
    textarea,
    say: (text) => (status.textContent = text),
    photo: (attrs, insert) => choosePhoto({ config, shelf, attrs, insert }),
    link: () => chooseLink({ editor, config }),
    words: (question) => askForWords({ ...question, config }),
  };
  const editor = new library.Editor({
    element: place,
    content: asHtml(textarea.value),
    extensions: [
      ...extensionsFor(library, config.schema, photoView({ shelf, config, tools })),
      library.Extension.create({
        name: "storyKeys",
        addKeyboardShortcuts: () => ({
          "Mod-k": () => Boolean(tools.link()) || true,
          "Alt-F10": () => Boolean(frame.querySelector("[role=toolbar] [tabindex='0']")?.focus()) || true,
        }),
      }),
    ],
    injectCSS: false, // the policy allows no inline style; editor.css has it
    editorProps: {
      attributes: attributesOf(textarea),
      transformPastedHTML: (html) => pastedHtml(html, tools),
      handlePaste: (view, event) => pastePlain(view, event),
    },
    onUpdate: ({ editor }) => write(editor),
  });
  let last = written(editor, config.schema);

  function write(editor) {
    const text = written(editor, config.schema);
    if (text === last) return;
    last = text;
    textarea.value = text;
    textarea.dispatchEvent(new Event("input", { bubbles: true }));
  }

  /** Somebody else wrote into the textarea: show it. */
  function read() {
    if (textarea.value === last || !frame.isConnected || !textarea.hidden) return;
    editor.commands.setContent(asHtml(textarea.value), { emitUpdate: false });
    last = textarea.value;
  }

  tools.showSource = (shown) => {
    textarea.hidden = !shown;
    place.hidden = shown;
    if (shown) return textarea.focus();
    read();
    inText(editor).run();
  };
  const toolbar = buildToolbar(editor, tools);
  frame.append(toolbar, place, textarea, status);
  textarea.hidden = true;
  for (const name of ["input", "change"]) textarea.addEventListener(name, read);
  textarea.form?.addEventListener("reset", () => setTimeout(read));
  leadHere(textarea, editor);
  new MutationObserver(() => editor.setOptions({
    editorProps: { ...editor.options.editorProps, attributes: attributesOf(textarea) },
  })).observe(textarea, { attributeFilter: ["dir", "lang"] });
  textarea.dispatchEvent(new CustomEvent("story-editor:ready", { bubbles: true, detail: { editor } }));
}

/** `text` as the editor may read it. */
function asHtml(text) {
  return quiet(isHtml(text) ? text : fromPlain(text));
}

function attributesOf(textarea) {
  const label = document.querySelector(`label[for="${textarea.id}"], #${textarea.id}-label`);
  if (label) label.id = `${textarea.id}-label`;
  return {
    role: "textbox",
    "aria-multiline": "true",
    "aria-labelledby": label ? label.id : "",
    "aria-describedby": textarea.getAttribute("aria-describedby") ?? "",
    dir: textarea.dir || "auto",
    lang: textarea.lang,
    class: "story-editor-text",
    spellcheck: "true",
  };
}

/** The label, and every link to the field, lead to the editor. */
function leadHere(textarea, editor) {
  const label = document.querySelector(`label[for="${textarea.id}"]`); // not one that belongs to a choice beside it
  label?.removeAttribute("for");
  label?.addEventListener("click", () => inText(editor).run());
  for (const link of document.querySelectorAll(`a[href="#${textarea.id}"]`)) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      editor.view.dom.scrollIntoView({ block: "center" });
      inText(editor).run();
    });
  }
}

/** A story's fields are written in the direction of its language, also while that is being chosen. */
function followLanguage(textarea, languages) {
  const choice = textarea.form?.elements.language;
  if (!choice) return;
  const fields = ["headline", "standfirst", "body", "lead_alt", "lead_caption", "byline_note", "tags"];
  const follow = () => {
    const language = languages[choice.value];
    for (const field of fields.map((name) => textarea.form.elements[name]).filter(Boolean)) {
      field.dir = language?.dir ?? "auto";
      field.lang = language?.lang ?? "";
    }
  };
  choice.addEventListener("change", follow);
  if (choice.value) follow();
}

// Pasting ---------------------------------------------------------------------------------------------------------
function pastedHtml(html, tools) {
  if (html.includes("data-pm-slice")) return html; // from this editor: as it was
  const pictures = /<img\b/i.test(html);
  tools.say(pictures ? tools.config.words.pastedPicture : "");
  return tidy(html);
}

/** Plain text with more than one line: a blank line ends a paragraph, as in the textarea. */
function pastePlain(view, event) {
  const text = event.clipboardData?.getData("text/plain") ?? "";
  const types = event.clipboardData?.types ?? [];
  const inPre = view.state.selection.$from.parent.type.spec.code;
  if (types.includes("text/html") || inPre || !text.trim().includes("\n")) return false;
  view.pasteHTML(fromPlain(text));
  return true;
}

// Photos ----------------------------------------------------------------------------------------------------------
function photoView({ shelf, config, tools }) {
  return ({ node, editor, getPos }) => {
    const dom = document.createElement("figure");
    dom.className = "story-editor-photo";
    const picture = document.createElement("div");
    picture.contentEditable = "false";
    const contentDOM = document.createElement("figcaption");
    contentDOM.dataset.placeholder = config.words.caption;
    dom.append(picture, contentDOM);
    let shown = null;

    async function draw(attrs) {
      const key = `${attrs.photo} ${attrs.alt}`;
      if (key === shown) return;
      shown = key;
      const photo = await shelf.get(attrs.photo);
      if (shown !== key) return;
      picture.replaceChildren(...pictureOf(photo, attrs));
    }

    function pictureOf(photo, attrs) {
      const alt = document.createElement("p");
      alt.className = attrs.alt ? "story-editor-alt" : "story-editor-alt is-missing";
      alt.textContent = attrs.alt ? `${config.words.alt}: ${attrs.alt}` : config.words.noAlt;
      const change = document.createElement("button");
      change.type = "button";
      change.textContent = config.words.changePhoto;
      change.addEventListener("click", () => tools.photo(attrs, (attrs) => update(attrs)));
      if (!photo) {
        const gone = document.createElement("p");
        gone.className = "story-editor-problem";
        gone.textContent = config.words.photoGone;
        return [gone, alt, change];
      }
      const image = document.createElement("img");
      Object.assign(image, { src: photo.file, alt: attrs.alt, width: photo.width, height: photo.height });
      const facts = document.createElement("p");
      facts.className = photo.problem ? "story-editor-problem" : "story-editor-credit";
      facts.textContent = photo.problem || photo.credit;
      return [image, facts, alt, change];
    }

    function update({ photo, alt }) {
      inText(editor).command(({ tr }) => {
        tr.setNodeMarkup(getPos(), null, { ...tr.doc.nodeAt(getPos()).attrs, photo, alt });
        return true;
      }).run();
    }

    draw(node.attrs);
    contentDOM.classList.toggle("is-empty", !node.content.size);
    return {
      dom,
      contentDOM,
      update(changed) {
        if (changed.type !== node.type) return false;
        draw(changed.attrs);
        contentDOM.classList.toggle("is-empty", !changed.content.size);
        return true;
      },
      stopEvent: (event) => event.target.localName === "button",
      ignoreMutation: (mutation) => mutation.type !== "selection" && !contentDOM.contains(mutation.target),
    };
  };
}
