// Keys pressed while the desk's scripts are still on their way: the first few wait for keys.js.
// A classic script in the head, so that it listens before anything of the page is shown.
"use strict";
{
  const MOST = 5;
  const early = [];
  const keep = (event) => {
    const isTyping = event.target.closest?.("textarea, select, input:not([type=radio], [type=checkbox])");
    const isOurs = event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey;
    if (!isTyping && isOurs && !event.repeat && !event.isComposing && early.length < MOST)
      early.push({ key: event.key, at: event.timeStamp });
  };
  document.addEventListener("keydown", keep);
  document.addEventListener(
    "callassist:keys-listen",
    (event) => {
      document.removeEventListener("keydown", keep);
      event.detail(early);
    },
    { once: true },
  );
}
