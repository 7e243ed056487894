// Loaded before a program: TLS connections to one host go to a port of this machine. TAKT_RESOLVE is "host=port".
// Nothing else changes: the name is still asked of the certificate and sent as Host.

const tls = require("node:tls");

const [host, port] = process.env.TAKT_RESOLVE.split("=");
const connect = tls.connect;

tls.connect = (options, ...more) =>
  options.host === host
    ? connect({ ...options, host: "127.0.0.1", port: Number(port), servername: host }, ...more)
    : connect(options, ...more);
