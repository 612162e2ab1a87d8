/* The line to the server: one address that gives the roster's state and takes check-ins, each answered for itself. */

const PATIENCE = 5000;

/** The server cannot be reached, or cannot answer now: worth trying again. */
export class NoNetworkError extends Error {}

/** Nobody is signed in any more, or somebody who may not: the check-ins wait for the right person. */
export class SignedOutError extends Error {}

export class Line {
  constructor(address, token) {
    this.address = address;
    this.token = token;
  }

  /** Return the state of the roster; it brings a fresh token for the next sending. */
  async state() {
    const state = await this.asked({ method: "GET" });
    if (!state) throw new NoNetworkError("no state");
    this.token = state.token;
    return state;
  }

  /** Send check-ins and return {answers, …state}. A token that has grown old is replaced once. */
  async send(items) {
    const answered = await this.posted(items);
    if (answered) return answered;
    await this.state();
    const again = await this.posted(items);
    if (!again) throw new SignedOutError("the token was refused");
    return again;
  }

  posted(items) {
    const headers = { "Content-Type": "application/json", "X-CSRFToken": this.token };
    return this.asked({ method: "POST", headers, body: JSON.stringify({ items }) });
  }

  /** Return what the server says, or null where it refuses the token. */
  async asked(options) {
    const answer = await this.fetched(options);
    if (answer.type === "opaqueredirect" || answer.status === 403 || answer.status === 404) {
      throw new SignedOutError(`status ${answer.status}`);
    }
    if (answer.status === 400) return null;
    if (!answer.ok) throw new NoNetworkError(`status ${answer.status}`);
    return this.read(answer);
  }

  async fetched(options) {
    try {
      return await fetch(this.address, {
        ...options,
        cache: "no-store",
        redirect: "manual",
        signal: AbortSignal.timeout(PATIENCE),
      });
    } catch (failure) {
      const mayHaveArrived = failure.name === "TimeoutError"; // the answer was late, and perhaps only the answer
      throw Object.assign(new NoNetworkError(String(failure)), { mayHaveArrived });
    }
  }

  async read(answer) {
    try {
      return await answer.json();
    } catch (failure) {
      throw new NoNetworkError(String(failure));
    }
  }
}
