/* What the page does in the browser: clicks in our own HTML become Gradio events, the panel scrolls
   to the quoted words, and on a narrow screen it opens over the conversation. No text is built here. */
(function () {
  "use strict";
  if (window.policyQA) return;

  const NARROW = window.matchMedia("(max-width: 900px)");
  const root = document.documentElement;
  let opener = ""; // the key of the link that opened the panel, to give the focus back to
  let clicked = false; // whether it was a link that changed the panel
  let closePanel = function () {};

  /* Clicks on [data-open] anywhere in `element` open that key in the panel. */
  function openOnClick(element, trigger) {
    element.addEventListener("click", function (click) {
      const link = click.target.closest("[data-open]");
      if (!link) return;
      click.preventDefault();
      const key = link.dataset.open;
      if (!element.closest("#pq-panel")) opener = key;
      showPanel();
      if (shownKey() === key) reveal(true);
      else {
        clicked = true;
        trigger("select", { key: key });
      }
    });
  }

  /* The comparison's table of contents leads to its changes; a jump of the browser's own would be a step back later. */
  function jumpOnClick(element) {
    element.addEventListener("click", function (click) {
      const link = click.target.closest('a[href^="#pq-d-"]');
      if (!link) return;
      click.preventDefault();
      const target = document.getElementById(link.getAttribute("href").slice(1));
      const scroller = element.querySelector(".pq-scroll");
      if (!target || !scroller) return;
      if (target.tagName === "DETAILS") target.open = true;
      scroller.scrollTop += target.getBoundingClientRect().top - scroller.getBoundingClientRect().top - 12;
      target.setAttribute("tabindex", "-1");
      target.focus({ preventScroll: true });
    });
  }

  function shownKey() {
    const shown = document.querySelector("#pq-panel .pq-source");
    return shown ? shown.dataset.key : "";
  }

  function showPanel() {
    if (!NARROW.matches || root.classList.contains("pq-panel-open")) return;
    root.classList.add("pq-panel-open");
    history.pushState({ policyQA: "panel" }, ""); // the phone's own way back closes the panel
  }

  function hidePanel() {
    root.classList.remove("pq-panel-open");
    closePanel();
    const link = opener && document.querySelector('#pq-left [data-open="' + CSS.escape(opener) + '"]');
    if (link) link.focus({ preventScroll: !NARROW.matches });
    opener = "";
  }

  /* Scroll the panel to the quoted words, else to the shaded provision, else to the top. */
  function reveal(focus) {
    const scroller = document.querySelector("#pq-panel .pq-scroll");
    if (!scroller) return;
    const target = scroller.querySelector("mark") || scroller.querySelector(".pq-shaded");
    let top = 0;
    if (target) {
      const offset = target.getBoundingClientRect().top - scroller.getBoundingClientRect().top;
      top = scroller.scrollTop + offset - scroller.clientHeight / 3;
    }
    scroller.scrollTop = Math.max(0, top);
    if (focus) scroller.focus({ preventScroll: true });
  }

  /* Tell which of the links is the one that the panel shows. */
  function pointOut() {
    const key = shownKey();
    document.querySelectorAll("[data-open]").forEach(function (link) {
      if (key !== "" && link.dataset.open === key) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    });
  }

  function copyText(text) {
    if (navigator.clipboard && window.isSecureContext) return navigator.clipboard.writeText(text);
    // Plain http on an intranet has no clipboard API.
    const area = document.createElement("textarea");
    area.value = text;
    area.style.position = "fixed";
    area.style.opacity = "0";
    document.body.appendChild(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done ? Promise.resolve() : Promise.reject(new Error("copy refused"));
  }

  function copyOnClick(element) {
    element.addEventListener("click", function (click) {
      const button = click.target.closest("[data-copy], [data-link]");
      if (!button) return;
      const text = button.dataset.copy || new URL(button.dataset.link, location.href).href;
      copyText(text).then(function () {
        const label = button.textContent;
        button.textContent = button.dataset.done;
        setTimeout(function () {
          if (button.textContent === button.dataset.done) button.textContent = label;
        }, 2000);
      }, function () {});
    });
  }

  /* What is quoted is shown beside its mark while that is pointed at or has the focus; Escape takes it away. */
  function previewIn(element) {
    const tip = document.createElement("div");
    tip.id = "pq-tip";
    tip.setAttribute("role", "tooltip");
    tip.hidden = true;
    document.body.appendChild(tip);
    let shownFor = null;
    function hide() {
      tip.hidden = true;
      if (shownFor) shownFor.removeAttribute("aria-describedby");
      shownFor = null;
    }
    function show(event) {
      const mark = event.target.closest("[data-tip]");
      if (mark === shownFor || event.target === tip) return;
      hide();
      if (!mark) return;
      tip.textContent = mark.dataset.tip;
      tip.hidden = false;
      const at = mark.getBoundingClientRect();
      const below = at.bottom + 6 + tip.offsetHeight < window.innerHeight;
      tip.style.top = (below ? at.bottom + 6 : Math.max(4, at.top - 6 - tip.offsetHeight)) + "px";
      tip.style.left = Math.max(8, Math.min(at.left, window.innerWidth - tip.offsetWidth - 8)) + "px";
      mark.setAttribute("aria-describedby", "pq-tip");
      shownFor = mark;
    }
    element.addEventListener("mouseover", show);
    element.addEventListener("focusin", show);
    element.addEventListener("focusout", hide);
    element.addEventListener("scroll", hide, true);
    element.addEventListener("mouseleave", function (leave) {
      if (leave.relatedTarget !== tip) hide();
    });
    tip.addEventListener("mouseleave", hide);
    document.addEventListener("keydown", function (press) {
      if (press.key !== "Escape" || tip.hidden) return;
      hide();
      press.stopImmediatePropagation(); // what is open beside it stays
    }, true);
    return hide;
  }

  /* The newest question goes to the top of the conversation, so that its answer is read from its start. */
  function follow(element, before) {
    const log = element.querySelector(".pq-log");
    if (!log) return "";
    root.lang = log.dataset.lang;
    document.title = log.dataset.window;
    // A reload, and the browser's own bookmark, come back to what is shown.
    if (before !== null && log.dataset.address !== location.search)
      history.replaceState(history.state, "", log.dataset.address || location.pathname);
    const stamp = log.dataset.stamp;
    if (stamp !== before) {
      const turns = log.querySelectorAll(".pq-turn");
      const last = turns[turns.length - 1];
      log.scrollTop = last ? last.offsetTop - log.offsetTop - 8 : 0;
      if (stamp.endsWith("+") && !NARROW.matches) setTimeout(focusQuestion, 150);
    }
    return stamp;
  }

  /* The box was switched off while the answer was sought and lost the focus by that. */
  function focusQuestion() {
    const box = document.querySelector("#pq-question textarea");
    if (box && document.activeElement === document.body) box.focus();
  }

  window.policyQA = {
    header: function (element, trigger) {
      openOnClick(element, trigger);
      element.addEventListener("click", function (click) {
        const drawer = click.target.closest("[data-drawer]");
        if (drawer) {
          const dialog = element.querySelector(".pq-drawer");
          dialog.querySelector("iframe").src = drawer.dataset.drawer;
          dialog.showModal();
        }
        const menu = element.querySelector(".pq-menu");
        const unfold = click.target.closest(".pq-menu") && menu.getAttribute("aria-expanded") !== "true";
        menu.setAttribute("aria-expanded", String(Boolean(unfold)));
        if (click.target.classList.contains("pq-drawer")) click.target.close(); // the ground beside it
      });
    },
    conversation: function (element, trigger, watch) {
      openOnClick(element, trigger);
      copyOnClick(element);
      const unhover = previewIn(element);
      element.addEventListener("click", function (click) {
        const chip = click.target.closest(
          "[data-example], [data-choice], [data-scope], [data-again], [data-edit], [data-remove]");
        if (!chip) return;
        const told = chip.dataset;
        if (told.example) trigger("submit", { example: Number(told.example) });
        else if (told.choice) trigger("submit", { choice: told.choice });
        else if (told.again) trigger("submit", { again: Number(told.again) });
        else if (told.edit) edit(chip);
        else if (told.scope) trigger("delete", { scope: told.scope });
        else if (window.confirm(told.sure)) trigger("delete", { turn: Number(told.remove) });
      });
      element.addEventListener("keydown", function (press) {
        if (press.key === "Enter" && !press.shiftKey && !press.isComposing && press.target.closest(".pq-edit textarea")) {
          press.preventDefault();
          edit(press.target.closest(".pq-edit").querySelector("[data-edit]"));
        }
      });
      function edit(button) {
        const words = button.closest(".pq-edit").querySelector("textarea").value;
        trigger("submit", { again: Number(button.dataset.edit), words: words });
      }
      let stamp = follow(element, null);
      watch("value", function () {
        stamp = follow(element, stamp);
        unhover();
        pointOut();
      });
    },
    panel: function (element, trigger, watch) {
      openOnClick(element, trigger);
      jumpOnClick(element);
      closePanel = function () {
        if (shownKey() !== "") trigger("select", { key: "" });
      };
      function leave() {
        if (history.state && history.state.policyQA) history.back();
        else hidePanel();
      }
      element.addEventListener("click", function (click) {
        if (click.target.closest("[data-close]")) leave();
      });
      document.addEventListener("keydown", function (press) {
        if (document.querySelector("dialog[open]")) return;
        if (press.key === "Escape" && (shownKey() !== "" || root.classList.contains("pq-panel-open"))) leave();
      });
      window.addEventListener("popstate", function () {
        if (root.classList.contains("pq-panel-open")) hidePanel();
      });
      let key = shownKey();
      watch("value", function () {
        if (shownKey() === key) return; // only the language changed
        key = shownKey();
        pointOut();
        reveal(clicked); // what opens by itself leaves the focus where it is
        clicked = false;
      });
    },
  };

  /* Gradio's own two messages are in English whatever the page's language; the conversation tells the first itself. */
  function ownWords() {
    document.querySelectorAll(".toast-body").forEach(function (toast) {
      const words = toast.querySelector('[data-testid="toast-text"]');
      if (!words || toast.dataset.policyQA) return;
      const log = document.querySelector(".pq-log");
      if (/currently busy/.test(words.textContent)) toast.style.display = "none";
      else if (/Connection to the server/.test(words.textContent) && log) words.textContent = log.dataset.lost;
      else return;
      const title = toast.querySelector(".toast-title");
      if (title) title.textContent = "";
      toast.dataset.policyQA = "seen";
    });
  }
  new MutationObserver(ownWords).observe(root, { subtree: true, childList: true });
})();
