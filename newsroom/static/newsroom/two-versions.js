// Two versions of one story: whoever writes in a merged text means it. Without this script the choice is ticked by hand.

for (const field of document.querySelectorAll(".two-versions [name^=merged-]")) {
  const choice = document.getElementById(field.name.replace("merged-", "merge-"));
  field.addEventListener("input", () => {
    if (!choice || choice.checked) return;
    choice.checked = true;
    choice.dispatchEvent(new Event("change", { bubbles: true }));
  });
}
