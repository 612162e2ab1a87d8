/* What this device keeps of a roster, and when it forgets: the page itself, by the worker, and how its clock runs. */

const SKEW = "roster-skew";
const COOKIE = "roster-kept"; // tells the server at sign-out whether something still waits to be sent
const TWELVE_HOURS = 12 * 3600;

/** Let the worker keep this page for when there is no network; do nothing where the browser has no workers. */
export function keepThisPage(worker, scope) {
  const workers = navigator.serviceWorker;
  if (!workers) return;
  workers.register(worker, { scope, updateViaCache: "none" }).catch(() => {});
  workers.addEventListener("controllerchange", keepAnew);
  if (workers.controller) keepAnew();
}

/** Keep the page as the server shows it now; return whether that is done, or null where no worker keeps anything. */
export function keepAnew() {
  const worker = navigator.serviceWorker?.controller;
  if (!worker) return Promise.resolve(null);
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }) => resolve(data);
    worker.postMessage({ keep: location.pathname }, [port2]);
  });
}

export function forgetThisPage() {
  navigator.serviceWorker?.controller?.postMessage({ forget: location.pathname });
}

/** Tell the server's sign-out how many check-ins the device must not forget. */
export function note(count, isSecure) {
  document.cookie = `${COOKIE}=${count}; path=/; max-age=${TWELVE_HOURS}; samesite=lax${isSecure ? "; secure" : ""}`;
}

/** Note by how much the clock of this device differs from the server's. */
export function setClock(serverNow) {
  localStorage.setItem(SKEW, String(new Date(serverNow) - Date.now()));
}

/** Learn the server's hour from the page, where this device knows nothing of it yet: its first page has just been made. */
export function learnClock(madeAt) {
  if (localStorage.getItem(SKEW) === null) setClock(madeAt);
}

/** Return the present instant by the server's clock, as far as this device knows it. */
export function instant() {
  return new Date(Date.now() + Number(localStorage.getItem(SKEW) ?? 0)).toISOString();
}
