(() => {
  "use strict";
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const form = document.querySelector(".filters");
  const claims = all("details.claim").map((element) => ({ element, words: null }));
  const parts = all("#claims .part");
  const said = document.getElementById("said");
  let packed = null;
  let titles = {};
  const unpacked = unpack();
  const fields = ["verdict", "gap", "level", "mechanism", "drug"];

  async function unpack() {
    const source = document.getElementById("packed");
    if (!source) return;
    const bytes = Uint8Array.from(atob(source.textContent), (character) => character.charCodeAt(0));
    source.remove();
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    const contents = await new Response(stream).json();
    packed = contents.bodies;
    titles = contents.titles;
    name(document);
    for (const element of all("details[open]")) fill(element);
    readAhead(0);
  }
  function fill(details) {
    const body = details.querySelector(":scope > [data-packed]");
    if (!body || !packed) return;
    body.innerHTML = packed[body.dataset.packed];
    delete body.dataset.packed;
    name(body);
  }
  function name(root) {
    for (const link of all("a[target]:not([title])", root)) {
      const title = titles[link.getAttribute("href")];
      if (title) link.title = title;
    }
  }
  function wordsOf(claim) {
    if (claim.words !== null) return claim.words;
    const body = claim.element.querySelector("[data-packed]");
    const inside = body && packed ? packed[body.dataset.packed].replace(/<[^>]*>/g, " ") : "";
    const words = `${claim.element.textContent} ${inside}`.toLowerCase();
    if (!body || packed) claim.words = words;
    return words;
  }
  function readAhead(next) {
    const wait = window.requestIdleCallback ?? ((work) => setTimeout(() => work({ timeRemaining: () => 8 }), 20));
    wait((deadline) => {
      while (next < claims.length && deadline.timeRemaining() > 3) wordsOf(claims[next++]);
      if (next < claims.length) readAhead(next);
    });
  }
  document.addEventListener("toggle", (event) => { if (event.target.open) fill(event.target); }, true);

  function filter() {
    const wanted = fields.map((name) => [name, form.elements[name]?.value ?? ""]).filter(([, value]) => value);
    const words = form.elements.text.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const claim of claims) {
      let fits = wanted.every(([name, value]) => claim.element.dataset[name].split("|").includes(value));
      if (fits && words.length) {
        const inside = wordsOf(claim);
        fits = words.every((word) => inside.includes(word));
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
    event.target.textContent = open ? "Close all" : "Open all";
  });

  document.addEventListener("click", async (event) => {
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
    if (location.hash.startsWith("#claims?")) {
      form.reset();
      for (const [name, value] of new URLSearchParams(location.hash.slice(8))) {
        if (form.elements[name]) form.elements[name].value = value;
      }
      setTimeout(() => { filter(); document.getElementById("claims").scrollIntoView(); });
      return;
    }
    const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    if (cells.includes(target)) {
      for (const cell of cells) cell.hidden = cell !== target;
      showAll.hidden = false;
    }
    if (target.hidden) { form.reset(); setTimeout(filter); target.hidden = false; target.closest(".part").hidden = false; }
    for (let element = target; element; element = element.parentElement) {
      if (element.tagName === "DETAILS") { element.open = true; fill(element); }
    }
    if (target.tagName === "DETAILS") {
      target.querySelector("summary").focus({ preventScroll: true });
      target.scrollIntoView();
      requestAnimationFrame(() => target.scrollIntoView());
    }
  }
  addEventListener("hashchange", reveal);
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#']");
    if (link && link.getAttribute("href") === location.hash) reveal();
  });
  reveal();
  unpacked.then(() => { if (packed) reveal(); });
})();
