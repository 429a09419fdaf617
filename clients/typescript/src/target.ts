import { isIP } from "node:net";

/**
 * Tells what is wrong with an address, or undefined.
 * Most often it is the URL of the REST side.
 */
export function complaint(address: string): string | undefined {
  if (typeof address !== "string" || address.trim() === "") {
    return "the address is empty; it is host:port of checkoutsvc's gRPC port";
  }
  if (/^https?:/i.test(address)) {
    return "the address is a URL; it has to be host:port of checkoutsvc's gRPC port";
  }
  return undefined;
}

/** Tells whether a target in gRPC's syntax stays on this machine. */
export function isLocal(target: string): boolean {
  if (/^unix(-abstract)?:/.test(target)) {
    return true;
  }
  const [, scheme, rest] = /^(dns|ipv4|ipv6):(.*)$/.exec(target) ?? [undefined, "dns", target];
  if (scheme === "dns") {
    return isLoopback(rest!.replace(/^\/\/\//, "")); // an authority, dns://server/name, leaves a host that is none
  }
  return rest!.split(",").every(isLoopback);
}

function isLoopback(endpoint: string): boolean {
  const host = hostOf(endpoint);
  return host === "localhost" || host === "::1" || (isIP(host) === 4 && host.startsWith("127."));
}

function hostOf(endpoint: string): string {
  if (isIP(endpoint) === 6) {
    return endpoint;
  }
  return endpoint.replace(/:\d+$/, "").replace(/^\[(.*)\]$/, "$1");
}
