// Imports the client, or measures how many calls a second it makes.
import { connect } from "@checkoutsvc/client";

const client = connect(process.env.CHECKOUTSVC_ADDRESS);
const [checkout, callers, seconds] = process.argv.slice(2);
const count = async (seconds) => {
  const end = performance.now() + seconds * 1000;
  const call = async () => {
    let calls = 0;
    for (; performance.now() < end; calls++) await client.getCheckout(checkout);
    return calls;
  };
  const all = await Promise.all(Array.from({ length: Number(callers) }, call));
  return all.reduce((sum, calls) => sum + calls);
};
if (checkout) {
  await count(2); // the compiler's turn
  console.log((await count(Number(seconds))) / seconds);
}
client.close();
