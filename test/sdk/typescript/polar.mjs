// What the tests share: where the service and the Polar behind it are (the Go test says so by environment), the demo
// catalogue, and the calls that set the emulator up.

export const restURL = process.env.REST_URL;
export const callerURL = process.env.CALLER_URL;
export const token = "polar_oat_emulator";

export const organization = "0a000000-0000-4000-8000-000000000001";
export const handbook = "0b000000-0000-4000-8000-000000000001"; // $10.00 once
export const membership = "0b000000-0000-4000-8000-000000000002"; // $15.00 a month
export const donation = "0b000000-0000-4000-8000-000000000004"; // pay what you want
export const workshop = "0b000000-0000-4000-8000-000000000006"; // monthly, 14 days of trial
export const half = "0d000000-0000-4000-8000-000000000001"; // code HALF
export const ada = "0e000000-0000-4000-8000-000000000001"; // ada@example.com, external id ada
export const nobody = "11111111-1111-4111-8111-111111111111";

/** Makes a control call, which does what no call of Polar's can. */
export async function control(method, path, body = {}) {
  const answer = await fetch(`${process.env.EMULATOR_URL}/_emulator/${path}`, { method, body: JSON.stringify(body) });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
  return text === "" ? undefined : JSON.parse(text);
}

/** Scripts the next answers of the emulator. */
export const script = (fault) => control("POST", "next", fault);

/** Reads until the answer is wanted, for what Polar does in the background. */
export async function eventually(read, wanted) {
  const deadline = Date.now() + 10_000;
  for (;;) {
    const answer = await read();
    if (wanted(answer)) return answer;
    if (Date.now() > deadline) throw new Error("it has not come about in 10 s");
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Waits for what must fail, and returns the error. */
export async function failure(promise) {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error("the call has succeeded");
}
