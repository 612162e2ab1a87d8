/* Reads the main part of a page aloud, in large type: headings and text in order, each in its own language.

   Pausing remembers the part and speaks it anew, since browsers differ in what their own pause does. */
"use strict";
(() => {
  const bar = document.querySelector("[data-aloud]");
  const voice = window.speechSynthesis;
  if (!bar || !voice || !window.SpeechSynthesisUtterance) return;
  const go = bar.querySelector("[data-aloud-go]");
  const stop = bar.querySelector("[data-aloud-stop]");
  const says = bar.querySelector("[role=status]");
  const BLOCK = "h1,h2,h3,h4,p,li,dt,dd,th,td,caption,figcaption,summary,legend,label,div,section,form,main";
  const LONGEST = 160; // some voices fall silent within a longer piece
  let parts = [];
  let at = 0;
  let turn = 0; // what a voice that was cut off still reports belongs to a turn that is over
  let state = "ended";

  const isRead = (text) => {
    const parent = text.parentElement;
    const isSeen = !parent.checkVisibility || parent.checkVisibility({ visibilityProperty: true });
    return text.data.trim() !== "" && isSeen && !parent.closest("svg,script,style,option,nav,.back,[aria-hidden=true]");
  };

  // A voice stops for breath at the end of a sentence; no piece is longer than it can speak.
  const pieces = (words) => (words.match(/[^。！？；.!?;]+[。！？；.!?;]*\s*/g) || []).reduce((found, sentence) => {
    const last = found.length - 1;
    if (last >= 0 && found[last].length + sentence.length <= LONGEST) found[last] += sentence;
    else found.push(sentence);
    return found;
  }, []);

  const collect = () => {
    const found = [];
    const texts = document.createTreeWalker(document.getElementById("main"), NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      const text = texts.currentNode;
      if (!isRead(text)) continue;
      const block = text.parentElement.closest(BLOCK);
      const last = found[found.length - 1];
      if (last && last.block === block) last.words += text.data;
      else found.push({ block, words: (block.dataset.label ? block.dataset.label + " " : "") + text.data });
    }
    return found.flatMap(({ block, words }) => pieces(words.replace(/\u2060/g, "").replace(/\s+/g, " ").trim()).map((piece) => ({
      block, piece, lang: block.closest("[lang]").lang,
    })));
  };

  const show = (next) => {
    state = next;
    go.textContent = { reading: go.dataset.pause, paused: go.dataset.goOn }[next] || go.dataset.read;
    stop.hidden = next !== "reading" && next !== "paused";
    says.textContent = bar.dataset[next];
    document.querySelectorAll(".read-now").forEach((block) => block.classList.remove("read-now"));
  };

  const quiet = (next) => {
    turn += 1;
    voice.cancel();
    show(next);
  };

  const speak = () => {
    if (at >= parts.length) return quiet("ended");
    const { block, piece, lang } = parts[at];
    const mine = turn;
    const saying = new SpeechSynthesisUtterance(piece);
    saying.lang = lang;
    saying.onend = () => {
      if (turn !== mine) return;
      at += 1;
      block.classList.remove("read-now");
      speak();
    };
    saying.onerror = (event) => {
      if (turn === mine) quiet("failed");
    };
    block.classList.add("read-now");
    voice.speak(saying);
  };

  go.addEventListener("click", () => {
    if (state === "reading") return quiet("paused");
    if (state !== "paused") {
      parts = collect();
      at = 0;
    }
    voice.cancel();
    show("reading");
    speak();
  });
  stop.addEventListener("click", () => {
    quiet("ended");
    go.focus(); // the button that had it is gone
  });
  window.addEventListener("pagehide", () => voice.cancel());
  bar.hidden = false;
})();
