// Shows pushed messages and opens their page. Keeps no pages: what is shown is always today's.

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("push", (event) => {
  const message = read(event.data);
  const shown = self.registration.showNotification(message.title, {
    body: message.body,
    lang: message.lang,
    tag: message.tag,
    renotify: Boolean(message.tag && message.urgent),
    requireInteraction: Boolean(message.urgent),
    icon: "/static/icons/app-192.png",
    badge: "/static/icons/badge-96.png",
    data: { url: message.url },
  });
  event.waitUntil(Promise.all([shown, tell(message)]));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(open(event.notification.data?.url));
});

function read(data) {
  try {
    const message = data.json();
    if (message && message.title) return message;
  } catch {
    // not ours, or cut off: something is shown all the same, as browsers demand
  }
  return { title: "Call Assist", body: "" };
}

/** A page of ours may be waiting for a test to arrive. */
async function tell(message) {
  const windows = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  for (const one of windows) one.postMessage({ type: "pushed", tag: message.tag ?? "" });
}

/** The page on this site only, in a window that is open already if there is one. */
async function open(url) {
  const wanted = new URL(url ?? "/", self.location.origin);
  const page = wanted.origin === self.location.origin ? wanted.href : `${self.location.origin}/`;
  const windows = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const same = windows.find((one) => one.url === page);
  if (same) return same.focus();
  return self.clients.openWindow(page);
}
