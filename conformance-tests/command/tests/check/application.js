// Express applications with one set-up of CORS each, at a path prefix of its name, for the page of this origin.

const cors = require("cors");
const express = require("express");

const PAGE = process.argv[2];

function withCors(options) {
  return withMiddleware(cors(options));
}

function withMiddleware(...middleware) {
  const app = express();
  for (const each of middleware) {
    app.use(each);
  }
  routes(app);
  return app;
}

function routes(app) {
  app.get("/", (request, response) => response.send("text"));
  app.put("/", (request, response) => response.send("text"));
  app.get("/crash", () => {
    throw new Error();
  });
}

function authenticate(request, response, next) {
  if (request.headers.authorization) {
    next();
  } else {
    response.sendStatus(401);
  }
}

function addByHand(request, response, next) {
  response.append("Access-Control-Allow-Origin", "*");
  next();
}

function afterRoutes() {
  const app = withMiddleware();
  app.use(cors());
  return app;
}

const apps = {
  "right": withCors({ origin: [PAGE], credentials: true }),
  "any": withCors(),
  "any-with-credentials": withCors({ credentials: true }),
  "reflected": withCors({ origin: true, credentials: true }),
  "none": withMiddleware(),
  "other": withCors({ origin: "https://app.example.com" }),
  "slash": withCors({ origin: PAGE + "/" }),
  "no-put": withCors({ origin: PAGE, methods: ["GET"] }),
  "no-header": withCors({ origin: PAGE, allowedHeaders: ["content-type"] }),
  "authentication-first": withMiddleware(authenticate, cors({ origin: PAGE })),
  "after-routes": afterRoutes(),
  "twice": withMiddleware(cors({ origin: PAGE }), addByHand),
};

const app = express();
app.set("env", "test"); // prints no stack of an error
for (const [name, each] of Object.entries(apps)) {
  each.set("env", "test");
  app.use("/" + name, each);
}
const server = app.listen(0, "127.0.0.1", () => {
  const { address, port } = server.address();
  console.log(`listening on ${address}:${port}`);
});
