// Proof of work for the comment form, where the house switched it on: solved in a worker of ALTCHA (altcha/pbkdf2.js,
// version 3.2.2, MIT) from the moment somebody begins to write. Whatever fails here, the form is sent without a proof.
for (const field of document.querySelectorAll("input[data-proof]")) {
  const begin = async () => {
    const answer = await fetch(field.dataset.proof, { cache: "no-store" });
    if (!answer.ok) return;
    const challenge = await answer.json();
    const worker = new Worker(field.dataset.worker);
    worker.onmessage = ({ data }) => {
      worker.terminate();
      if (!data || data.error) return;
      const { counter, derivedKey } = data;
      field.value = btoa(JSON.stringify({ challenge, solution: { counter, derivedKey } }));
    };
    worker.postMessage({ type: "work", challenge, counterStart: 0, counterStep: 1, timeout: 90_000 });
  };
  field.form.addEventListener("focusin", () => begin().catch(() => {}), { once: true });
}
