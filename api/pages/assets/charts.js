// Draws every chart of the page from the specification beside it. `ast` makes Vega interpret its expressions
// instead of compiling them, so the page runs under a policy that allows no eval.
for (const box of document.querySelectorAll(".chart")) {
  const spec = JSON.parse(document.getElementById(box.dataset.spec).textContent);
  vegaEmbed(box, spec, {
    ast: true,
    actions: false,
    defaultStyle: false,
    renderer: "svg",
    tooltip: { disableDefaultStyle: true },
  }).then(
    () => box.classList.add("drawn"),
    (fault) => { box.textContent = fault.message; },
  );
}
