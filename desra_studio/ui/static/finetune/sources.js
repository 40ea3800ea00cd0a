// The pictures of a sample, as panes show them.

import { loadMaskRuns, lrUrl, pseudoGtUrl } from "../shared/api.js";
import { decodeRuns } from "../masks/runs.js";
import { groupSpans, readSpans } from "../masks/spans.js";
import { MaskLayer } from "../viewer/mask_layer.js";
import { Pyramid } from "../viewer/pyramid.js";
import { loadPyramid, loadRendition } from "../viewer/sources.js";

const MASK_OPACITY = 0.45;

/** Load what there is of a sample: by id a promise of a picture, or of why there is none. */
export function loadSources(image, candidate, feather) {
  const revision = { id: candidate.revision_id, sha: candidate.mask_sha };
  const gan = loadRendition(image.gan, image);
  return {
    lr: loadLr(image),
    gan,
    mse: loadRendition(image.mse, image),
    mask: loadMasked(gan, loadMaskRuns({ revision }), image),
    pseudo_gt: loadPyramid(pseudoGtUrl(revision, image.gan, feather)),
  };
}

/** The LR image at the size of the others, pixel by pixel. */
async function loadLr(image) {
  if (!image.lr) return "No LR image";
  return new Pyramid((await loadPyramid(lrUrl(image))).levels, image);
}

/** GAN-SR with the mask over it, and the `boxes` of its components, the largest first. */
async function loadMasked(ganLoading, runsLoading, { width, height }) {
  const [gan, runs] = await Promise.all([ganLoading, runsLoading]);
  const mask = decodeRuns(runs, width * height);
  const layer = new MaskLayer(mask, width, height);
  const components = groupSpans(readSpans(mask, width, height));
  return {
    boxes: components.sort((one, other) => other.area - one.area).map(({ box }) => box),
    draw(context, view, pane, options) {
      const note = gan.draw(context, view, pane, options);
      layer.draw(context, view, pane, MASK_OPACITY);
      return note;
    },
  };
}
