/** How the person signed in the last time: most do it the same way again. */

export type SignInWay = "password" | "key";

const STORAGE_KEY = "runstone.signin";

export function readWay(): SignInWay {
  try {
    return localStorage.getItem(STORAGE_KEY) === "password" ? "password" : "key";
  } catch {
    return "key";
  }
}

export function writeWay(way: SignInWay): void {
  try {
    localStorage.setItem(STORAGE_KEY, way);
  } catch {
    // Storage may be blocked; then it is one more click the next time.
  }
}
