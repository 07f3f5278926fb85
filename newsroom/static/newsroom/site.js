// Remembers the reader's text size in this browser. The size itself is radio buttons and :has(): see site.css.
const KEY = "text-size";
const sizes = document.querySelectorAll('input[name="text-size"]');

/** The remembered size, or null where the browser lets a page keep nothing. */
function remembered() {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

function remember(size) {
  try {
    localStorage.setItem(KEY, size);
  } catch {
    // A browser that keeps nothing still changes the size of this page.
  }
}

const wished = remembered();
for (const input of sizes) {
  if (input.value === wished) input.checked = true;
  input.addEventListener("change", () => remember(input.value));
}
