(() => {
  "use strict";
  const later = (wait, act) => {
    let timer = 0;
    return () => { clearTimeout(timer); timer = setTimeout(act, wait); };
  };

  document.querySelector("nav [aria-current]")?.scrollIntoView({ inline: "center", block: "nearest", behavior: "instant" });
  const more = document.querySelector(".more");
  if (more && matchMedia("(min-width: 56rem)").matches) more.open = true;

  const form = document.getElementById("search");
  const results = document.getElementById("results");
  if (form && results) {
    let asking = null;
    let shown = new URLSearchParams(new FormData(form)).toString();
    const ask = async () => {
      const fields = new URLSearchParams([...new FormData(form)].filter(([, value]) => value.trim()));
      const wanted = fields.toString();
      if (wanted === shown || !form.checkValidity()) return;
      asking?.abort();
      asking = new AbortController();
      results.setAttribute("aria-busy", "true");
      try {
        const answer = await fetch(`/search/results?${wanted}`, { signal: asking.signal });
        if (!answer.ok) throw new Error(`litmine answered ${answer.status}`);
        results.innerHTML = await answer.text();
        shown = wanted;
        history.replaceState(null, "", `/search?${wanted}`);
      } catch (error) {
        if (error.name === "AbortError") return;
        results.textContent = "litmine does not answer. Is it still running?";
      }
      results.removeAttribute("aria-busy");
    };
    form.addEventListener("input", later(250, ask));
    form.addEventListener("submit", (event) => { event.preventDefault(); ask(); });
  }

  for (const instant of document.querySelectorAll("form[data-instant]")) {
    instant.addEventListener("change", (event) => {
      if (event.target.tagName === "SELECT") instant.requestSubmit();
    });
  }

  const status = document.getElementById("status");
  if (status) {
    let running = Boolean(status.querySelector("[data-renewal]"));
    const look = async () => {
      if (document.hidden) return;
      try {
        const answer = await fetch("/status");
        if (!answer.ok) return;
        const text = await answer.text();
        if (text.trim() !== status.innerHTML.trim()) status.innerHTML = text;
        const still = Boolean(status.querySelector("[data-renewal]"));
        if (running && !still) location.replace(location.pathname);
        running = still;
      } catch {
        status.textContent = "litmine does not answer. Is it still running?";
      }
    };
    setInterval(look, 4000);
  }

  if (location.hash.length > 1) {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    target?.classList.add("here");
  }
})();
