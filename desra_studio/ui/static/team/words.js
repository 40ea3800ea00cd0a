// What routes are called in the audit trail.

/** @type {Record<string, string>} */
const DEEDS = {
  "POST /login": "Signed in",
  "GET /login/sso/callback": "Signed in by single sign-on",
  "POST /logout": "Signed out",
  "POST /invite/{token}": "Accepted the invitation",
  "POST /studio/api/users": "Added a user",
  "PATCH /studio/api/users/{name}": "Changed a user",
  "POST /studio/api/users/{name}/invitation": "Made a new link for a user",
  "POST /studio/api/user/password": "Changed their password",
  "POST /studio/api/images/{image_id}/mask": "Saved a mask",
  "POST /studio/api/images/{image_id}/verdict": "Gave a verdict",
  "POST /studio/api/images/{image_id}/regions": "Labelled a region",
  "POST /studio/api/images/{image_id}/restore": "Restored a revision",
  "POST /studio/api/images/{image_id}/opinions": "Asked for opinions",
  "POST /studio/api/images/{image_id}/consensus": "Made a consensus",
  "POST /studio/api/datasets/{dataset_id}/bulk": "Changed images all at once",
  "POST /studio/api/datasets/{dataset_id}/take-back": "Took a change back",
  "PUT /studio/api/datasets/{dataset_id}/kinds": "Changed the kinds of artifacts",
  "POST /studio/api/datasets/import": "Started an import",
  "POST /studio/api/demo": "Started the demo",
  "POST /studio/api/uploads": "Began an upload",
  "POST /studio/api/uploads/{named}/import": "Started the import of an upload",
  "DELETE /studio/api/uploads/{named}": "Discarded an upload",
  "PATCH /studio/api/datasets/{dataset_id}": "Renamed a dataset",
  "DELETE /studio/api/datasets/{dataset_id}": "Put a dataset into the bin",
  "POST /studio/api/datasets/{dataset_id}/restore": "Restored a dataset",
  "POST /studio/api/datasets/{dataset_id}/upscale": "Started upscaling",
  "POST /studio/api/datasets/{dataset_id}/calibrate": "Started a calibration",
  "POST /studio/api/datasets/{dataset_id}/detect": "Started a detection",
  "POST /studio/api/datasets/{dataset_id}/finetune": "Started a fine-tuning",
  "POST /studio/api/datasets/{dataset_id}/compare": "Started scoring",
  "POST /studio/api/datasets/{dataset_id}/curve": "Started a curve",
  "POST /studio/api/datasets/{dataset_id}/studies": "Made a study",
  "POST /studio/api/studies/{study_id}/open": "Opened a study",
  "POST /studio/api/studies/{study_id}/close": "Closed a study",
  "POST /studio/api/studies/{study_id}/links": "Made links of a study",
  "POST /studio/api/studies/{study_id}/send-back": "Sent images of a study back to Review",
  "POST /studio/api/studies/{study_id}/prominence": "Kept the prominence of a study",
  "POST /studio/api/runs/{run_id}/cancel": "Cancelled a job",
  "POST /studio/api/runs/{run_id}/resume": "Resumed a job",
  "POST /studio/api/runs/{run_id}/apply": "Ran a fine-tuned model",
  "POST /studio/api/runs/{run_id}/prove": "Started a proof",
  "POST /studio/api/runs/{run_id}/send-back": "Sent images of a proof back to Review",
  "POST /studio/api/runs/{run_id}/points/{iteration}/take": "Took a point of a fine-tuning",
  "POST /studio/api/models": "Added a model",
  "POST /studio/api/models/pull": "Started a download of a model",
  "POST /studio/api/models/derive": "Started deriving an MSE-SR model",
  "POST /studio/api/models/pair": "Paired two models",
};

/**
 * What somebody did, in words; what has none is shown as its route.
 * @param {string} action
 */
export const tellDeed = (action) => DEEDS[action] ?? action;
