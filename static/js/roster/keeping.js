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

/** Keep the page as the server shows it now. */
export function keepAnew() {
  navigator.serviceWorker?.controller?.postMessage({ keep: location.pathname });
}

export function forgetThisPage() {
  navigator.serviceWorker?.controller?.postMessage({ forget: location.pathname });
}

export function note(waiting, isSecure) {
  document.cookie = `${COOKIE}=${waiting}; path=/; max-age=${TWELVE_HOURS}; samesite=lax${isSecure ? "; secure" : ""}`;
}

/** Note by how much the clock of this device differs from the server's. */
export function setClock(serverNow) {
  localStorage.setItem(SKEW, String(new Date(serverNow) - Date.now()));
}

/** Return the present instant by the server's clock, as far as this device knows it. */
export function instant() {
  return new Date(Date.now() + Number(localStorage.getItem(SKEW) ?? 0)).toISOString();
}
