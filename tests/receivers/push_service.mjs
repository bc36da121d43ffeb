// The push service of web-push-testing, on loopback: it opens what it gets and believes only a sender whose
// key the browser subscribed with. The first line is {"port": N}; what it opened is asked of it.
//
//   POST /subscribe {"applicationServerKey": …}      a browser subscribes: {"data": {"endpoint", "keys", "clientHash"}}
//   POST /get-notifications {"clientHash": …}        what it was shown: {"data": {"messages": […]}}
//   POST /expire-subscription/HASH                   it unsubscribes: 410 from then on

import { createRequire } from "node:module";

const require = createRequire(new URL("../../var/receivers/", import.meta.url));
const { PushApiModel } = require("web-push-testing/src/PushApiModel.js");
const Service = require("web-push-testing/src/server.js");

// Not by its own command, which listens to the whole network, at a port that must be chosen before.
const browsers = new PushApiModel();
const service = new Service(browsers, 0);
service.setRequestHandlers();
const listening = service._app.listen(0, "127.0.0.1", () => {
  const { port } = listening.address();
  browsers.notifyUrl = `http://127.0.0.1:${port}/notify/`;
  console.log(JSON.stringify({ port }));
});
