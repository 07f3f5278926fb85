// Counts the characters of a comment while it is written. Nothing depends on it: the limit is printed beside the field,
// and the server counts for itself. Like the server it counts code points, and a line's end as one.
for (const field of document.querySelectorAll("textarea[data-limit]")) {
  const limit = Number(field.dataset.limit);
  const shown = new Intl.NumberFormat(document.documentElement.lang || undefined);
  const counter = document.createElement("p");
  counter.className = "form-text comment-count";
  field.after(counter);

  const count = () => {
    const length = [...field.value].length;
    counter.textContent = field.dataset.count
      .replace("{count}", shown.format(length))
      .replace("{limit}", shown.format(limit));
    counter.classList.toggle("too-long", length > limit);
    // Spoken only where it matters: from the last hundred characters on.
    counter.setAttribute("aria-live", length > limit - 100 ? "polite" : "off");
  };
  field.addEventListener("input", count);
  count();
}
