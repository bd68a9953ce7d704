// Has Mozilla's HTTP Observatory retrieve, test and grade pages of a server on this machine.
//
//   node scan.mjs HTTP_PORT HTTPS_PORT < visits.json > reports.json
//
// A visit is {name, path, form?}: with a form the page is the answer to posting it. The package's
// own `scan` knows neither ports nor paths, so its parts are called here one by one.

import { readFile, writeFile } from "node:fs/promises";

import { ALL_TESTS } from "@mdn/mdn-http-observatory/src/constants.js";
import { MINIMUM_SCORE_FOR_EXTRA_CREDIT } from "@mdn/mdn-http-observatory/src/grader/charts.js";
import { getGradeForScore, getScoreModifier } from "@mdn/mdn-http-observatory/src/grader/grader.js";
import { retrieve } from "@mdn/mdn-http-observatory/src/retriever/retriever.js";
import { parseHttpEquivHeaders } from "@mdn/mdn-http-observatory/src/retriever/utils.js";

const HOST = "localhost";
const [httpPort, httpsPort] = process.argv.slice(2);

// The package fetches the list of preloaded hosts when it is installed. Ours is on no such list.
const preloaded = new URL("../conf/hsts-preload.json", import.meta.resolve("@mdn/mdn-http-observatory"));
await writeFile(preloaded, "{}");

async function visit({ path, form }) {
  const requests = await retrieve(HOST, { httpPort, httpsPort, path });
  if (form !== undefined) {
    const url = requests.session.url.href;
    const anyStatus = { validateStatus: () => true, maxRedirects: 0 };
    const answer = await requests.session.clientInstance.post(url, form, anyStatus);
    requests.responses.auto = requests.responses.https = { ...answer, verified: true };
    requests.responses.auto.httpEquiv = parseHttpEquivHeaders(String(answer.data), url);
    requests.resources.path = String(answer.data);
  }
  return requests;
}

function judge(requests) {
  const results = ALL_TESTS.map((test) => test(requests));
  const marks = results.map(({ result }) => getScoreModifier(result));
  const sum = (numbers) => numbers.reduce((total, one) => total + one, 100);
  const lost = sum(marks.filter((mark) => mark < 0));
  const { grade, score } = getGradeForScore(
    lost >= MINIMUM_SCORE_FOR_EXTRA_CREDIT ? sum(marks) : lost,
  );
  const failed = results.filter(({ pass }) => !pass).map(({ result }) => result);
  return { status: requests.responses.auto.status, grade, score, failed };
}

const reports = {};
for (const { name, ...asked } of JSON.parse(await readFile("/dev/stdin", "utf8"))) {
  reports[name] = judge(await visit(asked));
}
console.log(JSON.stringify(reports));
