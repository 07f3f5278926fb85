// The editor's schema, made from the server's allow-list (newsroom/html.py): what clean_html() would take out cannot be
// written here, and what it keeps is not lost by opening and saving a story.

import { linesOf, unwrapOnlyParagraph } from "./pasted.js";

// The node or mark that stands for each tag. Those of a table's parts are the table's; thead and caption are made when
// the text is written.
const NAMES = {
  p: "paragraph", br: "hardBreak", h2: "heading", h3: "heading", h4: "heading", strong: "bold", b: "bold", em: "italic",
  i: "italic", u: "underline", s: "strike", sub: "subscript", sup: "superscript", blockquote: "blockquote", q: "q",
  cite: "cite", ul: "bulletList", ol: "orderedList", li: "listItem", a: "link", hr: "horizontalRule", code: "code",
  pre: "pre", abbr: "abbr", table: "table", thead: "table", tbody: "table", caption: "table", tr: "tableRow",
  th: "tableHeader", td: "tableCell", figure: "photo", figcaption: "figcaption",
};

/** The tags of `schema` that this editor knows nothing to do with: none, or the two have drifted apart. */
export function unknownTags(schema) {
  return schema.tags.filter((tag) => !NAMES[tag]);
}

/** The extensions of an editor that writes what `schema` allows. `photoView` draws a photo. */
export function extensionsFor(library, schema, photoView) {
  const allowed = new Set(schema.tags.map((tag) => NAMES[tag]));
  const makers = { ...blocks(library, schema, photoView), ...marks(library, schema) };
  const chosen = Object.entries(makers).filter(([name]) => allowed.has(name));
  const names = chosen.flatMap(([name, made]) => (name === "photo" ? [name, "figure"] : made ? [name] : []));
  return [
    library.Document,
    library.Text,
    library.History,
    library.Dropcursor,
    library.Gapcursor,
    library.TrailingNode,
    ...chosen.flatMap(([, made]) => made),
    attributes(library, schema, names),
  ];
}

function blocks(library, schema, photoView) {
  const { Node } = library;
  const levels = [2, 3, 4].filter((level) => schema.tags.includes(`h${level}`));
  return {
    paragraph: library.Paragraph,
    hardBreak: library.HardBreak,
    heading: library.Heading.configure({ levels }),
    blockquote: library.Blockquote,
    bulletList: library.BulletList,
    orderedList: library.OrderedList.configure({ enableListAttributes: false }),
    listItem: library.ListItem,
    horizontalRule: library.HorizontalRule,
    table: tableOf(library),
    tableRow: library.TableRow,
    tableHeader: library.TableHeader,
    tableCell: library.TableCell,
    pre: Node.create({
      name: "pre", group: "block", content: "inline*", code: true, defining: true,
      parseHTML: () => [{ tag: "pre", preserveWhitespace: "full" }],
      renderHTML: ({ HTMLAttributes }) => ["pre", HTMLAttributes, 0],
    }),
    figcaption: Node.create({
      name: "figcaption", content: "inline*", defining: true,
      parseHTML: () => [{ tag: "figcaption" }],
      renderHTML: ({ HTMLAttributes }) => ["figcaption", HTMLAttributes, 0],
    }),
    photo: [photoOf(library, photoView), figureOf(library)],
  };
}

function marks(library, schema) {
  const plain = (name) => library.Mark.create({
    name,
    parseHTML: () => [{ tag: name }],
    renderHTML: ({ HTMLAttributes }) => [name, HTMLAttributes, 0],
  });
  return {
    link: library.Link.extend({ addKeyboardShortcuts: () => ({}) }).configure({
      autolink: false,
      enableTarget: false,
      isAllowedUri: (address) => leadsSomewhere(address, schema.protocols),
    }),
    bold: library.Bold,
    italic: library.Italic,
    underline: library.Underline,
    strike: library.Strike,
    subscript: library.Subscript,
    superscript: library.Superscript,
    code: library.Code.extend({ excludes: "" }),
    q: plain("q"),
    cite: plain("cite"),
    abbr: plain("abbr"),
  };
}

/** Whether `address` is relative or of an allowed scheme, read as a browser reads it. */
export function leadsSomewhere(address, protocols) {
  const read = String(address ?? "").replace(/[\u0000-\u0020\u007f-\u009f\u200b-\u200f\u2028-\u202e\ufeff]/g, "");
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(read);
  return read !== "" && (!scheme || protocols.includes(scheme[1].toLowerCase()));
}

function tableOf(library) {
  return library.Table.extend({
    addNodeView: null,
    parseHTML: () => [{ tag: "table" }, { tag: "caption", ignore: true }, { tag: "colgroup", ignore: true }],
    addAttributes: () => ({
      caption: {
        default: "",
        parseHTML: (element) => element.querySelector("caption")?.textContent.trim() ?? "",
        renderHTML: () => ({}),
      },
    }),
    renderHTML({ node, HTMLAttributes }) {
      const rows = ["tbody", 0];
      return node.attrs.caption
        ? ["table", HTMLAttributes, ["caption", { contenteditable: "false" }, node.attrs.caption], rows]
        : ["table", HTMLAttributes, rows];
    },
  }).configure({ resizable: false });
}

function photoOf(library, photoView) {
  const attribute = (name) => ({
    default: "",
    parseHTML: (element) => element.getAttribute(name) ?? "",
    renderHTML: (attrs) => (attrs[name.slice(5)] ? { [name]: attrs[name.slice(5)] } : {}),
  });
  return library.Node.create({
    name: "photo", group: "block", content: "inline*", draggable: true, isolating: true, defining: true,
    addAttributes: () => ({ photo: attribute("data-photo"), alt: attribute("data-alt") }),
    parseHTML: () => [{
      tag: "figure[data-photo]", priority: 60,
      getAttrs: (element) => (/^[1-9][0-9]{0,17}$/.test(element.dataset.photo) ? null : false),
      contentElement: (element) => element.querySelector("figcaption") ?? element,
    }],
    renderHTML: ({ HTMLAttributes }) => ["figure", HTMLAttributes, ["figcaption", 0]],
    addNodeView: () => photoView,
  });
}

/** A figure without a photo: around a table or a quotation, say. */
function figureOf(library) {
  return library.Node.create({
    name: "figure", group: "block", content: "(block | figcaption)+", defining: true,
    parseHTML: () => [{ tag: "figure" }],
    renderHTML: ({ HTMLAttributes }) => ["figure", HTMLAttributes, 0],
  });
}

/** The attributes of the allow-list, on the nodes and marks of their tags. Those of links and photos they bring along. */
function attributes(library, schema, names) {
  const held = (tag) => schema.attributes[tag].filter((name) => !OWN.has(`${tag} ${name}`));
  const groups = Object.keys(schema.attributes)
    .filter((tag) => tag !== "*" && names.includes(NAMES[tag]) && held(tag).length)
    .map((tag) => ({ types: [NAMES[tag]], attributes: definitions(held(tag), schema) }));
  groups.push({ types: names, attributes: definitions(schema.attributes["*"], schema) });
  return library.Extension.create({ name: "allowedAttributes", addGlobalAttributes: () => groups });
}
const OWN = new Set(["a href", "ol start", "th colspan", "th rowspan", "td colspan", "td rowspan",
  "figure data-photo", "figure data-alt"]);

function definitions(names, schema) {
  const fits = (name, value) => !schema.values[name] || new RegExp(`^(?:${schema.values[name]})$`).test(value);
  return Object.fromEntries(names.map((name) => [name, {
    default: null,
    parseHTML: (element) => {
      const value = element.getAttribute(name);
      return value && fits(name, value) ? value : null;
    },
    renderHTML: (attrs) => (attrs[name] ? { [name]: attrs[name] } : {}),
  }]));
}

// Writing ---------------------------------------------------------------------------------------------------------
/** The text of `editor` as it goes into the form: only what `schema` allows, and no more than is needed. */
export function written(editor, schema) {
  const root = new DOMParser().parseFromString(editor.getHTML(), "text/html").body;
  for (const element of [...root.querySelectorAll("*")]) keepAllowed(element, schema);
  for (const cell of root.querySelectorAll("li, td, th")) unwrapOnlyParagraph(cell);
  for (const block of root.querySelectorAll("p, h2, h3, h4, li, figcaption")) trimEnds(block);
  for (const caption of root.querySelectorAll("figure[data-photo] > figcaption:empty")) caption.remove();
  for (const table of root.querySelectorAll("table")) headOf(table);
  for (const paragraph of [...root.children]) {
    if (paragraph.matches("p, h2, h3, h4") && !paragraph.textContent.trim()) paragraph.remove();
  }
  return linesOf(root);
}

function trimEnds(block) {
  const [first, last] = [block.firstChild, block.lastChild];
  if (first?.nodeType === 3) first.data = first.data.trimStart();
  if (last?.nodeType === 3) last.data = last.data.trimEnd();
}

function keepAllowed(element, schema) {
  const allowed = [...(schema.attributes[element.localName] ?? []), ...schema.attributes["*"]];
  for (const { name, value } of [...element.attributes]) {
    const saysNothing = (["colspan", "rowspan", "start"].includes(name) && value === "1") || value === "";
    if (!allowed.includes(name) || saysNothing) element.removeAttribute(name);
  }
}

/** The rows of headings that a table begins with, as its head. */
function headOf(table) {
  const body = table.tBodies[0];
  const rows = [...(body?.rows ?? [])];
  const first = rows.findIndex((row) => [...row.cells].some((cell) => cell.localName !== "th"));
  if (first <= 0) return;
  const head = table.ownerDocument.createElement("thead");
  head.append(...rows.slice(0, first));
  body.before(head);
}
