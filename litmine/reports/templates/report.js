(() => {
  "use strict";
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const form = document.querySelector(".filters");
  const claims = all("details.claim").map((element) => ({ element, words: null }));
  const parts = all("#claims .part");
  const said = document.getElementById("said");
  const fields = ["verdict", "gap", "level", "mechanism", "drug"];

  function filter() {
    const wanted = fields.map((name) => [name, form.elements[name]?.value ?? ""]).filter(([, value]) => value);
    const words = form.elements.text.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const claim of claims) {
      let fits = wanted.every(([name, value]) => claim.element.dataset[name].split("|").includes(value));
      if (fits && words.length) {
        claim.words ??= claim.element.textContent.toLowerCase();
        fits = words.every((word) => claim.words.includes(word));
      }
      claim.element.hidden = !fits;
      shown += fits;
    }
    for (const part of parts) part.hidden = !part.querySelector("details.claim:not([hidden])");
    document.getElementById("count").value =
      shown === claims.length ? `${shown} claims` : `${shown} of ${claims.length} claims`;
    document.getElementById("nothing").hidden = shown > 0 || claims.length === 0;
  }

  form.addEventListener("input", filter);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(filter));
  document.getElementById("clear").addEventListener("click", () => form.reset());
  document.getElementById("open-all").addEventListener("click", (event) => {
    const shown = claims.map((claim) => claim.element).filter((element) => !element.hidden);
    const open = shown.some((element) => !element.open);
    for (const element of shown) element.open = open;
    event.target.textContent = open ? "Close all shown" : "Open all shown";
  });

  document.addEventListener("click", async (event) => {
    const chosen = event.target.closest("[data-set-verdict]");
    if (chosen) {
      form.reset();
      form.elements.verdict.value = chosen.dataset.setVerdict;
      setTimeout(filter);
    }
    const button = event.target.closest("[data-copy]");
    if (button) {
      const code = button.closest(".query").querySelector("code");
      try {
        await navigator.clipboard.writeText(code.textContent);
      } catch {
        code.closest("details").open = true;
        getSelection().selectAllChildren(code);
        document.execCommand("copy");
      }
      button.textContent = "Copied";
      said.textContent = "Query copied";
      setTimeout(() => { button.textContent = "Copy query"; }, 2000);
    }
  });

  const cells = all(".cells > details");
  const showAll = document.getElementById("all-cells");
  for (const cell of cells) cell.hidden = true;
  if (showAll) showAll.hidden = false;
  showAll?.addEventListener("click", () => {
    for (const cell of cells) cell.hidden = false;
    showAll.hidden = true;
  });

  function reveal() {
    const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    if (cells.includes(target)) {
      for (const cell of cells) cell.hidden = cell !== target;
      showAll.hidden = false;
    }
    if (target.hidden) { form.reset(); setTimeout(filter); target.hidden = false; target.closest(".part").hidden = false; }
    for (let element = target; element; element = element.parentElement) {
      if (element.tagName === "DETAILS") element.open = true;
    }
    if (target.tagName === "DETAILS") {
      target.querySelector("summary").focus({ preventScroll: true });
      target.scrollIntoView();
      requestAnimationFrame(() => target.scrollIntoView());
    }
  }
  addEventListener("hashchange", reveal);
  reveal();

  const chart = document.getElementById("chart");
  if (!chart) return;
  async function draw() {
    const code = document.createElement("script");
    code.textContent = document.getElementById("charting-code").textContent;
    document.head.append(code);
    const spec = JSON.parse(document.getElementById("map-spec").textContent);
    const { view } = await vegaEmbed(chart, spec, { actions: false, renderer: "svg", ast: true, tooltip: { theme: "custom" } });
    view.addEventListener("click", (event, item) => {
      if (!item?.datum?.cell) return;
      if (location.hash === "#" + item.datum.cell) reveal();
      else location.hash = item.datum.cell;
    });
  }
  new IntersectionObserver((seen, observer) => {
    if (!seen.some((entry) => entry.isIntersecting)) return;
    observer.disconnect();
    draw();
  }, { rootMargin: "600px" }).observe(chart);
  let drawn = false;
  addEventListener("beforeprint", () => { if (!drawn && !chart.firstChild) draw(); drawn = true; });
})();
