// The library moves the focus in the next frame; what somebody types before that frame would be lost. Here it is at once.

/** Put the cursor back into the text, and return a chain of commands that begins there. */
export function inText(editor) {
  editor.view.focus();
  return editor.chain().scrollIntoView();
}
