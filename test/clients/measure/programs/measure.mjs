// Imports the client, or measures how many calls a second it makes.
import { connect } from "@checkoutsvc/client";

const client = connect(process.env.CHECKOUTSVC_ADDRESS);
const [checkout, callers, seconds] = process.argv.slice(2);
if (checkout) {
  await client.getCheckout(checkout);
  const end = performance.now() + seconds * 1000;
  const call = async () => {
    let count = 0;
    for (; performance.now() < end; count++) await client.getCheckout(checkout);
    return count;
  };
  const counts = await Promise.all(Array.from({ length: Number(callers) }, call));
  console.log(counts.reduce((sum, count) => sum + count) / seconds);
}
client.close();
