// Two comforts of the photo forms: a file may be dropped on its field, and the focal point is set by a click.
// Without this script the file is chosen by its button and the point is two numbers.

for (const input of document.querySelectorAll("input[type=file][data-drop]")) {
  const zone = document.createElement("div");
  zone.className = "drop-zone";
  input.replaceWith(zone);
  zone.append(input);
  const over = (event) => {
    event.preventDefault();
    zone.classList.add("is-over");
  };
  zone.addEventListener("dragenter", over);
  zone.addEventListener("dragover", over);
  zone.addEventListener("dragleave", () => zone.classList.remove("is-over"));
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    zone.classList.remove("is-over");
    if (!event.dataTransfer.files.length) return;
    const first = new DataTransfer();
    first.items.add(event.dataTransfer.files[0]);
    input.files = first.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });
}

for (const frame of document.querySelectorAll("[data-focal]")) {
  const [x, y] = ["id_focal_x", "id_focal_y"].map((id) => document.getElementById(id));
  if (!x || !y) continue; // somebody who may only look
  const mark = document.createElement("span");
  mark.className = "focal-point";
  frame.append(mark);
  frame.classList.add("is-live");
  const show = () => {
    mark.style.left = `${Number(x.value) * 100}%`;
    mark.style.top = `${Number(y.value) * 100}%`;
  };
  frame.addEventListener("click", (event) => {
    const box = frame.getBoundingClientRect();
    const share = (place, size) => Math.min(1, Math.max(0, place / size)).toFixed(2);
    x.value = share(event.clientX - box.left, box.width);
    y.value = share(event.clientY - box.top, box.height);
    show();
  });
  for (const field of [x, y]) field.addEventListener("input", show);
  show();
}
