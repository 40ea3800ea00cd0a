import assert from "node:assert/strict";
import { test } from "node:test";

import { DocumentViews, LOADING } from "../../desra_studio/ui/static/review/document_views.js";

const VIEWS = ["gan", "mse", "mask", "slider", "difference", "signed", "pseudo-gt"];
const PANE = { width: 4, height: 4 };

/** The views of an image without LR image or map, and images that note what they draw. */
function makeViews() {
  const followers = new Set();
  const views = new DocumentViews({ record: { width: 4, height: 4 }, layer: { followers } });
  return { views, gan: { draw: () => "GAN" }, mse: { draw: () => "MSE" } };
}

test("no view is there before the pixels are, and all of them are afterwards", () => {
  const { views, gan, mse } = makeViews();
  for (const id of VIEWS) assert.deepEqual(views.get(id, () => {}), { text: LOADING });
  Object.assign(views, { gan, mse });
  for (const id of VIEWS) assert.ok(views.get(id, () => {}).drawn, id);
  assert.equal(views.get("gan", () => {}).drawn.draw(null, null, PANE, {}), "GAN");
});

test("a view that is asked for after the pixels went is not kept", () => {
  const { views, gan, mse } = makeViews();
  Object.assign(views, { gan, mse });
  views.get("slider", () => {});
  views.close();
  assert.deepEqual(views.get("slider", () => {}), { text: LOADING });
  Object.assign(views, { gan, mse });
  assert.ok(views.get("slider", () => {}).drawn);
});
