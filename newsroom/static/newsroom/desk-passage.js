// Marking a passage of a comment's text: what is selected becomes two offsets in code points in the card's form.
const textOf = (card) => card?.querySelector(".as-written");
const length = (text) => [...text].length; // code points, as the server counts

/** The part of the selection that lies in the text of `card`, or null. */
function selected(card) {
  const text = textOf(card);
  const selection = getSelection();
  if (!text || !selection.rangeCount || selection.isCollapsed) return null;
  const range = selection.getRangeAt(0).cloneRange();
  if (!range.intersectsNode(text)) return null;
  if (!text.contains(range.startContainer)) range.setStart(text, 0);
  if (!text.contains(range.endContainer)) range.setEnd(text, text.childNodes.length);
  return range.collapsed ? null : range;
}

function fields(card) {
  return [card.querySelector("[name=passage_start]"), card.querySelector("[name=passage_end]")];
}

/** Show what the form of `card` marks, or that it marks nothing. */
export function showPassage(card) {
  const [start, end] = fields(card);
  const line = card.querySelector(".desk-passage");
  if (!start || !line) return;
  line.hidden = !end.value;
  line.querySelector("q").textContent = end.value
    ? [...textOf(card).textContent].slice(Number(start.value), Number(end.value)).join("")
    : "";
}

/** Mark what is selected in `card`; whether anything was. */
export function markPassage(card) {
  const range = selected(card);
  if (!range || !fields(card)[0]) return false;
  const before = document.createRange();
  before.selectNodeContents(textOf(card));
  before.setEnd(range.startContainer, range.startOffset);
  const start = length(before.toString());
  const [first, last] = fields(card);
  first.value = start;
  last.value = start + length(range.toString());
  showPassage(card);
  return true;
}

/** Offer a button while something is selected in a card, and take a mark away again. */
export function setUpPassages(list) {
  document.addEventListener("selectionchange", () => {
    for (const button of list.querySelectorAll(".desk-mark")) button.hidden = !selected(button.closest(".desk-card"));
  });
  list.addEventListener("pointerdown", (event) => {
    if (event.target.closest(".desk-mark")) event.preventDefault(); // or the tap would end the selection
  });
  list.addEventListener("click", (event) => {
    const card = event.target.closest(".desk-card");
    if (event.target.closest(".desk-mark")) markPassage(card);
    if (!event.target.closest(".desk-unmark")) return;
    for (const field of fields(card)) field.value = "";
    showPassage(card);
    card.focus({ preventScroll: true });
  });
  for (const card of list.querySelectorAll(".desk-card")) showPassage(card);
}
