// What word processors put on the clipboard, as plain semantic HTML: the same as newsroom/pasted.py makes of it, for
// the editor in the browser. The samples in tests/pastes/ hold both to one result. It makes nothing safe: the editor's
// schema and the server's clean_html() come after it.

const TAGS = new Set(
  ("p br h1 h2 h3 h4 h5 h6 strong b em i u s strike del sub sup blockquote q cite ul ol li a hr code pre abbr table " +
    "thead tbody tfoot tr th td caption figure figcaption div span font center section article").split(" "),
);
const WITHOUT_WORDS = "script, style, title, img, picture, video, audio, iframe, object, svg, math, xml";
const KEPT_ATTRIBUTES = {
  a: ["href", "title"],
  abbr: ["title"],
  blockquote: ["cite"],
  ol: ["start"],
  th: ["scope", "colspan", "rowspan"],
  td: ["colspan", "rowspan"],
  figure: ["data-photo", "data-alt"],
};
const BLOCKS = new Set(
  ("p h1 h2 h3 h4 h5 h6 blockquote ul ol li hr pre table thead tbody tfoot tr th td caption figure figcaption").split(" "),
);
const CONTAINERS = new Set(["div", "center", "section", "article", "span", "font"]);
const CELLS = new Set(["li", "td", "th"]);
const LISTS = new Set(["ul", "ol"]);
const RENAMED = { b: "strong", i: "em", strike: "s", del: "s" };
const BULLET = /^[\s\u00a0]*[·•▪◦§\uf0b7\uf0a7][\s\u00a0]+/;
const COUNTED = /^[\s\u00a0]*[0-9a-z\u0660-\u0669\u06f0-\u06f9]{1,4}[.)-]/;
const BLOCK_TAG = /<(?:p|h[1-6]|ul|ol|blockquote|table|figure|pre|hr|div)[\s/>]/i;

const tag = (node) => (node.nodeType === 1 ? node.localName : "");
const isText = (node) => node.nodeType === 3;
const isBlock = (node) => BLOCKS.has(tag(node));
const isWhite = (node) => (isText(node) ? !node.data.trim() : tag(node) === "br");

/** The HTML of a paste as the story should have it. */
export function tidy(html) {
  const root = new DOMParser().parseFromString(quiet(html), "text/html").body;
  for (const element of root.querySelectorAll(WITHOUT_WORDS)) element.remove();
  dropComments(root);
  for (const element of [...root.querySelectorAll("*")]) if (!TAGS.has(tag(element))) unwrap(element);
  markFormatting(root);
  lowerHeadings(root);
  mendLinks(root);
  makeLists(root);
  unwrapContainers(root);
  root.normalize();
  tidyBlocks(root);
  return linesOf(root);
}

/** `html` with styles and handlers under other names: only to parse them would offend the content security policy. */
export function quiet(html) {
  const body = html.replace(/<(style|script)\b[\s\S]*?<\/\1\s*>/gi, "");
  return body.replace(/<[a-z][^>]*>/gi, (tag) => tag.replace(/\s(style|on[a-z]+)(?=\s*=)/gi, " data-$1"));
}

/** Plain text as HTML: a blank line ends a paragraph, a single line break stays one, bulleted lines are a list. */
export function fromPlain(text) {
  const blocks = text.replace(/\r\n?/g, "\n").split("\n\n").map((block) => block.trim()).filter(Boolean);
  return blocks.map(blockOf).join("\n");
}

/** Whether `text` is HTML by the rule of the server: it holds a block's tag. */
export function isHtml(text) {
  return BLOCK_TAG.test(text);
}

function blockOf(block) {
  const lines = block.split("\n");
  const element = document.createElement(lines.every((line) => BULLET.test(line)) ? "ul" : "p");
  for (const [number, line] of lines.entries()) {
    if (element.localName === "p") {
      if (number) element.append(document.createElement("br"));
      element.append(line);
      continue;
    }
    const item = document.createElement("li");
    item.append(line.replace(BULLET, ""));
    element.append(item);
  }
  return element.outerHTML;
}

/** What is in `root` as HTML, the blocks at the top one below the other. */
export function linesOf(root) {
  const lines = [""];
  for (const node of root.childNodes) {
    const written = isText(node) ? new Option(node.data).innerHTML : node.outerHTML;
    if (isBlock(node)) lines.push(written, "");
    else lines[lines.length - 1] += written;
  }
  return lines.map((line) => line.trim()).filter(Boolean).join("\n");
}

export function unwrap(element) {
  element.replaceWith(...element.childNodes);
}

function dropComments(root) {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_COMMENT);
  const found = [];
  while (walker.nextNode()) found.push(walker.currentNode);
  for (const comment of found) comment.remove();
}

function rename(element, name) {
  const renamed = element.ownerDocument.createElement(name);
  for (const { name: attribute, value } of element.attributes) {
    if (/^[a-z-]+$/.test(attribute) && attribute !== "style") renamed.setAttribute(attribute, value);
  }
  renamed.append(...element.childNodes);
  element.replaceWith(renamed);
  return renamed;
}

// Formatting --------------------------------------------------------------------------------------------------------
/** What the style attribute said. */
function styleOf(element) {
  const style = {};
  for (const part of (element.dataset.style ?? "").split(";")) {
    const [name, ...value] = part.split(":");
    if (value.length) style[name.trim().toLowerCase()] = value.join(":").trim().toLowerCase();
  }
  return style;
}

function isBold(weight = "") {
  if (/^\d+$/.test(weight)) return Number(weight) >= 600;
  return { bold: true, bolder: true, normal: false, lighter: false }[weight];
}

function markFormatting(root) {
  for (const element of [...root.querySelectorAll("*")]) {
    const style = styleOf(element);
    const bold = isBold(style["font-weight"]);
    const name = tag(element);
    if ((["b", "strong"].includes(name) && bold === false) || (["i", "em"].includes(name) && style["font-style"] === "normal")) {
      unwrap(element);
    } else if (name === "span" || name === "font") {
      const raised = { super: "sup", sub: "sub" }[style["vertical-align"]];
      const wraps = [raised, style["font-style"] === "italic" && "em", bold && "strong"];
      for (const wrap of wraps.filter(Boolean)) {
        const inner = element.ownerDocument.createElement(wrap);
        inner.append(...element.childNodes);
        element.append(inner);
      }
    } else if (RENAMED[name]) {
      rename(element, RENAMED[name]);
    }
  }
}

function lowerHeadings(root) {
  for (const title of root.querySelectorAll("p.MsoTitle")) rename(title, "h1");
  const step = root.querySelector("h1") ? 1 : 0;
  for (const heading of [...root.querySelectorAll("h1, h2, h3, h4, h5, h6")]) {
    const level = Math.min(4, Math.max(2, Number(tag(heading)[1]) + step));
    for (const bold of [...heading.querySelectorAll("strong")]) unwrap(bold);
    rename(heading, `h${level}`);
  }
}

function mendLinks(root) {
  for (const link of [...root.querySelectorAll("a")]) {
    const address = link.getAttribute("href") ?? "";
    const real = address.includes("//www.google.com/url?") ? new URL(address).searchParams.get("q") : address;
    if (real) link.setAttribute("href", real);
    const scheme = /^([a-z][a-z0-9+.-]*):/i.exec((real ?? "").trim());
    if (!real || real.startsWith("#") || (scheme && !/^(?:https?|mailto|tel)$/i.test(scheme[1]))) unwrap(link);
  }
}

// Lists -------------------------------------------------------------------------------------------------------------
function makeLists(root) {
  for (const parent of [root, ...root.querySelectorAll("*")]) {
    if (!CELLS.has(tag(parent))) makeListsIn(parent);
  }
}

function makeListsIn(parent) {
  let open = [];
  for (const child of [...parent.childNodes]) {
    if (isText(child) && !child.data.trim() && open.length) continue;
    const found = listItem(child);
    if (!found) {
      open = [];
      continue;
    }
    const { name, level } = found;
    open.length = Math.min(open.length, level);
    if (open.length === level && tag(open.at(-1)) !== name) open.pop();
    if (open.length < level) {
      const list = parent.ownerDocument.createElement(name);
      if (open.length) open.at(-1).lastElementChild.append(list);
      else child.before(list);
      open.push(list);
    }
    const item = parent.ownerDocument.createElement("li");
    item.append(...child.childNodes);
    open.at(-1).append(item);
    child.remove();
  }
}

/** What list a paragraph is an item of and how deep, its marker taken off; null for any other node. */
function listItem(node) {
  if (tag(node) !== "p") return null;
  const style = node.dataset.style ?? "";
  const isWords = node.className.includes("MsoListParagraph") || style.includes("mso-list");
  const text = node.textContent;
  if (!isWords && !BULLET.test(text)) return null;
  const marker = [...node.querySelectorAll("*")].find((inner) => styleOf(inner)["mso-list"]?.includes("ignore"));
  let written = "";
  if (marker) {
    written = marker.textContent;
    marker.remove();
  } else {
    const found = BULLET.exec(text) ?? COUNTED.exec(text);
    if (!found) return null; // indented text under an item, not an item
    written = found[0];
    cut(node, written.length);
  }
  const level = /level([1-9])/.exec(style);
  return { name: COUNTED.test(written) ? "ol" : "ul", level: level ? Number(level[1]) : 1 };
}

function cut(element, length) {
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  while (length > 0 && walker.nextNode()) {
    const node = walker.currentNode;
    const taken = Math.min(length, node.data.length);
    node.data = node.data.slice(taken);
    length -= taken;
  }
}

// Blocks ------------------------------------------------------------------------------------------------------------
function unwrapContainers(parent) {
  for (const child of [...parent.childNodes]) {
    if (isText(child)) {
      if (!child.parentElement.closest("pre")) child.data = child.data.replace(/[ \t\r\n\f]+/g, " ");
      continue;
    }
    unwrapContainers(child);
    keepAttributes(child);
    if (!CONTAINERS.has(tag(child))) continue;
    if (["span", "font"].includes(tag(child)) || [...child.childNodes].some(isBlock)) unwrap(child);
    else rename(child, "p");
  }
}

function keepAttributes(element) {
  const kept = KEPT_ATTRIBUTES[tag(element)] ?? [];
  for (const { name, value } of [...element.attributes]) {
    const saysNothing = ["colspan", "rowspan"].includes(name) && value === "1";
    if (!kept.includes(name) || saysNothing) element.removeAttribute(name);
  }
}

function tidyBlocks(parent) {
  if (LISTS.has(tag(parent))) nestLists(parent);
  for (const child of [...parent.children]) {
    tidyBlocks(child);
    const isEmpty = !child.textContent && !child.children.length && !["br", "hr"].includes(tag(child));
    if (isEmpty && !isBlock(child)) child.remove();
  }
  if ((isBlock(parent) && tag(parent) !== "pre") || tag(parent) === "body") trim(parent);
  if (CELLS.has(tag(parent))) unwrapOnlyParagraph(parent);
  for (const child of [...parent.children]) {
    if (/^(?:p|h[1-6]|ul|ol)$/.test(tag(child)) && !child.childNodes.length) child.remove();
  }
}

/** A paragraph that stands alone in an item or a cell, but for lists, gives way to its words. */
export function unwrapOnlyParagraph(cell) {
  const blocks = [...cell.children].filter((child) => isBlock(child) && !LISTS.has(tag(child)));
  if (blocks.length === 1 && tag(blocks[0]) === "p" && !blocks[0].attributes.length) unwrap(blocks[0]);
}

function nestLists(list) {
  for (const child of [...list.childNodes]) {
    if (isWhite(child)) child.remove();
    else if (LISTS.has(tag(child)) && tag(child.previousSibling ?? list) === "li") child.previousSibling.append(child);
  }
}

function trim(block) {
  if ([...block.childNodes].some(isBlock)) {
    for (const child of [...block.childNodes]) if (isWhite(child)) child.remove();
  }
  while (block.firstChild && isWhite(block.firstChild)) block.firstChild.remove();
  while (block.lastChild && isWhite(block.lastChild)) block.lastChild.remove();
  if (block.firstChild && isText(block.firstChild)) block.firstChild.data = block.firstChild.data.trimStart();
  if (block.lastChild && isText(block.lastChild)) block.lastChild.data = block.lastChild.data.trimEnd();
}
