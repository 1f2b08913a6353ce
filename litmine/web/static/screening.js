(() => {
  "use strict";
  const list = document.getElementById("candidates");
  if (!list) return;
  const items = [...list.children];
  const by = document.getElementById("screen-by");
  const reason = document.getElementById("screen-reason");
  const keys = document.getElementById("screen-keys");
  const said = document.getElementById("screen-said");
  const problem = document.getElementById("screen-problem");
  const help = document.getElementById("screen-help");
  const before = [];
  let at = Math.max(0, items.findIndex((item) => !item.dataset.state));

  document.body.classList.add("scripted");
  document.querySelector(".keys").hidden = false;
  try { keys.checked = localStorage.getItem("litmine-keys") !== "off"; } catch { /* no storage: keys stay on */ }
  keys.addEventListener("change", () => {
    try { localStorage.setItem("litmine-keys", keys.checked ? "on" : "off"); } catch { /* no storage */ }
  });

  function count() {
    document.getElementById("screen-done").value = items.filter((item) => item.dataset.state).length;
  }

  function go(to) {
    if (to < 0 || to >= items.length) return;
    items[at].removeAttribute("aria-current");
    at = to;
    items[at].setAttribute("aria-current", "true");
    items[at].focus({ preventScroll: true });
    items[at].scrollIntoView({ block: "start" });
  }

  async function send(item, fields) {
    const form = item.querySelector("form.decide");
    const body = new URLSearchParams({ token: form.elements.token.value, kind: "inclusion", record: item.dataset.record, by: by.value, ...fields });
    const answer = await fetch("/curate", { method: "POST", headers: { Accept: "application/json" }, body });
    if (!answer.ok) throw new Error((await answer.json()).error);
  }

  function show(item, state) {
    if (state) item.dataset.state = state;
    else delete item.dataset.state;
    item.querySelector(".state").textContent = { include: "included", exclude: "left out" }[state] ?? "";
    count();
  }

  async function attempt(item, fields, state, words) {
    const old = item.dataset.state ?? "";
    show(item, state);
    problem.hidden = true;
    try {
      await send(item, fields);
      said.textContent = words;
      return true;
    } catch (error) {
      show(item, old);
      problem.textContent = `Not saved: ${error.message}`;
      problem.hidden = false;
      go(items.indexOf(item));
      return false;
    }
  }

  async function decide(item, value) {
    if (!by.value.trim()) {
      problem.textContent = "Write your name first: every decision carries one.";
      problem.hidden = false;
      by.focus();
      return;
    }
    const old = item.dataset.state ?? "";
    const why = value === "exclude" ? reason.value : "on the review's topic";
    before.push({ item, old });
    const title = item.querySelector("h2").textContent;
    if (item === items[at]) go(at + 1);
    if (!(await attempt(item, { do: "correct", value, reason: why }, value, `${value === "include" ? "Included" : "Left out"}: ${title}`))) before.pop();
  }

  async function undo() {
    const last = before.pop();
    if (!last) { said.textContent = "Nothing to undo."; return; }
    const fields = last.old ? { do: "correct", value: last.old, reason: "decided so before" } : { do: "withdraw" };
    go(items.indexOf(last.item));
    await attempt(last.item, fields, last.old, "Taken back.");
  }

  list.addEventListener("submit", (event) => {
    event.preventDefault();
    const item = event.target.closest("li");
    go(items.indexOf(item));
    decide(item, event.submitter.value);
  });
  list.addEventListener("focusin", (event) => {
    const item = event.target.closest("#candidates > li");
    if (item && items.indexOf(item) !== at) {
      items[at].removeAttribute("aria-current");
      at = items.indexOf(item);
      item.setAttribute("aria-current", "true");
    }
  });

  addEventListener("keydown", (event) => {
    if (!keys.checked || event.ctrlKey || event.metaKey || event.altKey || help.open) return;
    if (event.target.closest("input, select, textarea")) return;
    const acts = {
      j: () => go(at + 1),
      k: () => go(at - 1),
      i: () => decide(items[at], "include"),
      e: () => decide(items[at], "exclude"),
      u: undo,
      o: () => open(items[at].querySelector("h2 a").href, "_blank", "noopener"),
      "?": () => help.showModal(),
    };
    const act = acts[event.key];
    if (act) act();
    else if (/^[1-6]$/.test(event.key)) {
      reason.selectedIndex = Number(event.key) - 1;
      said.textContent = `Reason: ${reason.value}`;
    } else return;
    event.preventDefault();
  });

  for (const item of items) show(item, item.dataset.state ?? "");
  items[at].setAttribute("aria-current", "true");
  if (!by.value) by.focus();
  else items[at].focus({ preventScroll: at === 0 });
})();
