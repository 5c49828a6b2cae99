"use strict";

// What the pages cannot do without a script: sign in inside Flex, show times in the reader's zone, and rest while nobody looks.
(() => {
  const FLEX = "https://flex.twilio.com";
  const page = document.documentElement.dataset;
  const framed = window.parent !== window;

  // Flex hands over its token when it is asked; only Flex is asked, and only Flex is heard.
  if (framed && page.flexSignIn) {
    let busy = false;
    window.addEventListener("message", async (event) => {
      const token = event.origin === FLEX && event.source === window.parent && event.data && event.data.deskFlexToken;
      if (typeof token !== "string" || busy) return;
      busy = true;
      try {
        const answer = await fetch(page.flexSignIn, {
          method: "POST",
          headers: { "content-type": "application/json" },
          credentials: "same-origin",
          body: JSON.stringify({ token }),
        });
        if (answer.ok && page.flexNext) window.location.replace(page.flexNext);
      } finally {
        busy = false;
      }
    });
    window.parent.postMessage("desk-flex-token-please", FLEX);
  }

  const localTimes = (root) => {
    for (const time of root.querySelectorAll("time[datetime]")) {
      const at = new Date(time.dateTime);
      if (!Number.isNaN(at.getTime())) {
        time.title = time.textContent;
        time.textContent = at.toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });
      }
    }
  };
  document.addEventListener("DOMContentLoaded", () => localTimes(document));
  document.addEventListener("htmx:load", (event) => localTimes(event.detail.elt));

  // A page that nobody looks at asks for nothing.
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (document.hidden && event.detail.elt.hasAttribute("data-live")) event.preventDefault();
  });
})();
