CREATE TABLE audit_event (
  id INTEGER NOT NULL,
  at DATETIME NOT NULL,
  actor VARCHAR(100) NOT NULL,
  action VARCHAR(200) NOT NULL,
  target VARCHAR(500) NOT NULL,
  status INTEGER NOT NULL,
  CONSTRAINT pk_audit_event PRIMARY KEY (id)
);

CREATE INDEX ix_audit_event_actor ON audit_event (actor);

CREATE TABLE class_map (
  id INTEGER NOT NULL,
  image_sha VARCHAR(64) NOT NULL,
  segmentation VARCHAR(300) NOT NULL,
  labels_sha VARCHAR(64) NOT NULL,
  CONSTRAINT pk_class_map PRIMARY KEY (id),
  CONSTRAINT uq_class_map_image_sha UNIQUE (image_sha, segmentation)
);

CREATE TABLE region_kind (
  name VARCHAR(100) NOT NULL,
  letter VARCHAR(1) NOT NULL,
  CONSTRAINT pk_region_kind PRIMARY KEY (name),
  CONSTRAINT uq_region_kind_letter UNIQUE (letter)
);

CREATE TABLE run (
  id INTEGER NOT NULL,
  kind VARCHAR(20) NOT NULL,
  status VARCHAR(20) NOT NULL,
  config JSON NOT NULL,
  done INTEGER NOT NULL,
  done_before INTEGER NOT NULL,
  total INTEGER NOT NULL,
  message TEXT NOT NULL,
  result JSON NOT NULL,
  cancel_requested BOOLEAN NOT NULL,
  created_at DATETIME NOT NULL,
  started_at DATETIME,
  heartbeat_at DATETIME NOT NULL,
  finished_at DATETIME,
  CONSTRAINT pk_run PRIMARY KEY (id)
);

CREATE TABLE user (
  id INTEGER NOT NULL,
  name VARCHAR(100) NOT NULL,
  settings JSON NOT NULL,
  role VARCHAR(20),
  password VARCHAR(200),
  invitation VARCHAR(64),
  invited_until DATETIME,
  subject VARCHAR(500),
  disabled_at DATETIME,
  created_at DATETIME NOT NULL,
  CONSTRAINT pk_user PRIMARY KEY (id),
  CONSTRAINT uq_user_name UNIQUE (name),
  CONSTRAINT uq_user_invitation UNIQUE (invitation),
  CONSTRAINT uq_user_subject UNIQUE (subject)
);

CREATE TABLE weight_set (
  id INTEGER NOT NULL,
  name VARCHAR(100) NOT NULL,
  classes JSON NOT NULL,
  source TEXT NOT NULL,
  segmentation VARCHAR(300) NOT NULL,
  images INTEGER NOT NULL,
  created_at DATETIME NOT NULL,
  CONSTRAINT pk_weight_set PRIMARY KEY (id),
  CONSTRAINT uq_weight_set_name UNIQUE (name)
);

CREATE TABLE model (
  id INTEGER NOT NULL,
  name VARCHAR(200) NOT NULL,
  role VARCHAR(20) NOT NULL,
  architecture VARCHAR(100),
  scale INTEGER,
  file_sha VARCHAR(64),
  parent_run_id INTEGER,
  partner_id INTEGER,
  card JSON NOT NULL,
  created_at DATETIME NOT NULL,
  CONSTRAINT pk_model PRIMARY KEY (id),
  CONSTRAINT uq_model_name UNIQUE (name),
  CONSTRAINT fk_model_parent_run_id_run FOREIGN KEY(parent_run_id) REFERENCES run (id),
  CONSTRAINT fk_model_partner_id_model FOREIGN KEY(partner_id) REFERENCES model (id)
);

CREATE TABLE run_metric (
  run_id INTEGER NOT NULL,
  name VARCHAR(50) NOT NULL,
  step INTEGER NOT NULL,
  value DOUBLE NOT NULL,
  CONSTRAINT pk_run_metric PRIMARY KEY (run_id, name, step),
  CONSTRAINT fk_run_metric_run_id_run FOREIGN KEY(run_id) REFERENCES run (id)
);

CREATE TABLE user_session (
  id INTEGER NOT NULL,
  user_id INTEGER NOT NULL,
  token VARCHAR(64) NOT NULL,
  created_at DATETIME NOT NULL,
  expires_at DATETIME NOT NULL,
  CONSTRAINT pk_user_session PRIMARY KEY (id),
  CONSTRAINT fk_user_session_user_id_user FOREIGN KEY(user_id) REFERENCES user (id),
  CONSTRAINT uq_user_session_token UNIQUE (token)
);

CREATE INDEX ix_user_session_user_id ON user_session (user_id);

CREATE TABLE dataset (
  id INTEGER NOT NULL,
  name VARCHAR(200) NOT NULL,
  gan_model_id INTEGER,
  mse_model_id INTEGER,
  reference VARCHAR(20) NOT NULL,
  reference_name VARCHAR(100) NOT NULL,
  source TEXT NOT NULL,
  region_kinds JSON,
  blind_share DOUBLE NOT NULL,
  created_at DATETIME NOT NULL,
  deleted_at DATETIME,
  deleted_by VARCHAR(100),
  CONSTRAINT pk_dataset PRIMARY KEY (id),
  CONSTRAINT fk_dataset_gan_model_id_model FOREIGN KEY(gan_model_id) REFERENCES model (id),
  CONSTRAINT fk_dataset_mse_model_id_model FOREIGN KEY(mse_model_id) REFERENCES model (id)
);

CREATE UNIQUE INDEX ix_dataset_name ON dataset (name) WHERE deleted_at IS NULL;

CREATE TABLE image (
  id INTEGER NOT NULL,
  dataset_id INTEGER NOT NULL,
  name VARCHAR(200) NOT NULL,
  width INTEGER NOT NULL,
  height INTEGER NOT NULL,
  scale INTEGER,
  lr_sha VARCHAR(64),
  is_blind BOOLEAN NOT NULL,
  CONSTRAINT pk_image PRIMARY KEY (id),
  CONSTRAINT uq_image_dataset_id UNIQUE (dataset_id, name),
  CONSTRAINT fk_image_dataset_id_dataset FOREIGN KEY(dataset_id) REFERENCES dataset (id)
);

CREATE TABLE score (
  id INTEGER NOT NULL,
  dataset_id INTEGER NOT NULL,
  mask_set VARCHAR(64) NOT NULL,
  prediction_set VARCHAR(64) NOT NULL,
  detector JSON NOT NULL,
  options JSON NOT NULL,
  figures JSON NOT NULL,
  code_version VARCHAR(100) NOT NULL,
  created_at DATETIME NOT NULL,
  CONSTRAINT pk_score PRIMARY KEY (id),
  CONSTRAINT fk_score_dataset_id_dataset FOREIGN KEY(dataset_id) REFERENCES dataset (id)
);

CREATE INDEX ix_score_dataset_id ON score (dataset_id);

CREATE TABLE study (
  id INTEGER NOT NULL,
  name VARCHAR(200) NOT NULL,
  dataset_id INTEGER NOT NULL,
  kind VARCHAR(20) NOT NULL,
  state VARCHAR(20) NOT NULL,
  manifest JSON NOT NULL,
  manifest_sha VARCHAR(64) NOT NULL,
  "key" VARCHAR(64) NOT NULL,
  created_at DATETIME NOT NULL,
  opened_at DATETIME,
  closed_at DATETIME,
  CONSTRAINT pk_study PRIMARY KEY (id),
  CONSTRAINT uq_study_name UNIQUE (name),
  CONSTRAINT fk_study_dataset_id_dataset FOREIGN KEY(dataset_id) REFERENCES dataset (id)
);

CREATE TABLE training_set (
  id INTEGER NOT NULL,
  dataset_id INTEGER NOT NULL,
  hash VARCHAR(64) NOT NULL,
  created_at DATETIME NOT NULL,
  CONSTRAINT pk_training_set PRIMARY KEY (id),
  CONSTRAINT fk_training_set_dataset_id_dataset FOREIGN KEY(dataset_id) REFERENCES dataset (id),
  CONSTRAINT uq_training_set_hash UNIQUE (hash)
);

CREATE TABLE draft (
  image_id INTEGER NOT NULL,
  model_id INTEGER NOT NULL,
  author VARCHAR(100) NOT NULL,
  base_version INTEGER NOT NULL,
  runs BLOB NOT NULL,
  updated_at DATETIME NOT NULL,
  CONSTRAINT pk_draft PRIMARY KEY (image_id, model_id, author),
  CONSTRAINT fk_draft_image_id_image FOREIGN KEY(image_id) REFERENCES image (id),
  CONSTRAINT fk_draft_model_id_model FOREIGN KEY(model_id) REFERENCES model (id)
);

CREATE TABLE mask_revision (
  id INTEGER NOT NULL,
  image_id INTEGER NOT NULL,
  model_id INTEGER NOT NULL,
  number INTEGER NOT NULL,
  parent_id INTEGER,
  author VARCHAR(100) NOT NULL,
  origin VARCHAR(20) NOT NULL,
  made_by VARCHAR(20) NOT NULL,
  mask_sha VARCHAR(64) NOT NULL,
  area_px INTEGER NOT NULL,
  note TEXT NOT NULL,
  created_at DATETIME NOT NULL,
  CONSTRAINT pk_mask_revision PRIMARY KEY (id),
  CONSTRAINT uq_mask_revision_image_id UNIQUE (image_id, model_id, number),
  CONSTRAINT fk_mask_revision_image_id_image FOREIGN KEY(image_id) REFERENCES image (id),
  CONSTRAINT fk_mask_revision_model_id_model FOREIGN KEY(model_id) REFERENCES model (id),
  CONSTRAINT fk_mask_revision_parent_id_mask_revision FOREIGN KEY(parent_id) REFERENCES mask_revision (id)
);

CREATE TABLE queue_entry (
  image_id INTEGER NOT NULL,
  dataset_id INTEGER NOT NULL,
  name VARCHAR(200) NOT NULL,
  open BOOLEAN NOT NULL,
  state VARCHAR(20) NOT NULL,
  annotator VARCHAR(100),
  assigned_to VARCHAR(100),
  opinions_wanted INTEGER NOT NULL,
  opinions_given INTEGER NOT NULL,
  regions INTEGER NOT NULL,
  area_share DOUBLE NOT NULL,
  uncertainty DOUBLE NOT NULL,
  disagreement DOUBLE NOT NULL,
  dissent DOUBLE NOT NULL,
  flags INTEGER NOT NULL,
  severity INTEGER,
  kinds TEXT NOT NULL,
  classes TEXT NOT NULL,
  CONSTRAINT pk_queue_entry PRIMARY KEY (image_id),
  CONSTRAINT fk_queue_entry_image_id_image FOREIGN KEY(image_id) REFERENCES image (id),
  CONSTRAINT fk_queue_entry_dataset_id_dataset FOREIGN KEY(dataset_id) REFERENCES dataset (id)
);

CREATE INDEX ix_queue_entry_annotator ON queue_entry (dataset_id, annotator, state);

CREATE INDEX ix_queue_entry_area ON queue_entry (dataset_id, area_share DESC, image_id, open, state, severity, annotator, assigned_to, kinds, classes);

CREATE INDEX ix_queue_entry_disagreement ON queue_entry (dataset_id, disagreement DESC, image_id, open, state, severity, annotator, assigned_to, area_share, kinds, classes);

CREATE INDEX ix_queue_entry_dissent ON queue_entry (dataset_id, dissent DESC, image_id, open, state, severity, annotator, assigned_to, area_share, kinds, classes);

CREATE INDEX ix_queue_entry_flags ON queue_entry (dataset_id, flags DESC, image_id, open, state, severity, annotator, assigned_to, area_share, kinds, classes);

CREATE INDEX ix_queue_entry_name ON queue_entry (dataset_id, name, image_id, open, state, severity, annotator, assigned_to, area_share, kinds, classes);

CREATE INDEX ix_queue_entry_uncertainty ON queue_entry (dataset_id, uncertainty DESC, image_id, open, state, severity, annotator, assigned_to, area_share, kinds, classes);

CREATE TABLE rendition (
  id INTEGER NOT NULL,
  image_id INTEGER NOT NULL,
  model_id INTEGER NOT NULL,
  blob_sha VARCHAR(64) NOT NULL,
  CONSTRAINT pk_rendition PRIMARY KEY (id),
  CONSTRAINT uq_rendition_image_id UNIQUE (image_id, model_id),
  CONSTRAINT fk_rendition_image_id_image FOREIGN KEY(image_id) REFERENCES image (id),
  CONSTRAINT fk_rendition_model_id_model FOREIGN KEY(model_id) REFERENCES model (id)
);

CREATE INDEX ix_rendition_model_id ON rendition (model_id);

CREATE TABLE review_flag (
  id INTEGER NOT NULL,
  image_id INTEGER NOT NULL,
  model_id INTEGER NOT NULL,
  source VARCHAR(20) NOT NULL,
  x INTEGER,
  y INTEGER,
  note TEXT NOT NULL,
  created_at DATETIME NOT NULL,
  resolved_at DATETIME,
  CONSTRAINT pk_review_flag PRIMARY KEY (id),
  CONSTRAINT fk_review_flag_image_id_image FOREIGN KEY(image_id) REFERENCES image (id),
  CONSTRAINT fk_review_flag_model_id_model FOREIGN KEY(model_id) REFERENCES model (id)
);

CREATE INDEX ix_review_flag_image_id ON review_flag (image_id);

CREATE TABLE voter (
  id INTEGER NOT NULL,
  study_id INTEGER NOT NULL,
  place INTEGER NOT NULL,
  code VARCHAR(32) NOT NULL,
  label VARCHAR(100) NOT NULL,
  is_open BOOLEAN NOT NULL,
  expires_at DATETIME,
  consent_at DATETIME,
  display JSON NOT NULL,
  created_at DATETIME NOT NULL,
  finished_at DATETIME,
  CONSTRAINT pk_voter PRIMARY KEY (id),
  CONSTRAINT uq_voter_study_id UNIQUE (study_id, place),
  CONSTRAINT fk_voter_study_id_study FOREIGN KEY(study_id) REFERENCES study (id),
  CONSTRAINT uq_voter_code UNIQUE (code)
);

CREATE TABLE detection (
  id INTEGER NOT NULL,
  image_id INTEGER NOT NULL,
  gan_rendition_id INTEGER NOT NULL,
  mse_rendition_id INTEGER NOT NULL,
  method VARCHAR(20) NOT NULL,
  params JSON NOT NULL,
  map_sha VARCHAR(64) NOT NULL,
  busier_sha VARCHAR(64),
  segmentation VARCHAR(300),
  labels_sha VARCHAR(64),
  code_version VARCHAR(100),
  mask_sha VARCHAR(64) NOT NULL,
  regions JSON NOT NULL,
  area_px INTEGER NOT NULL,
  score DOUBLE NOT NULL,
  uncertainty DOUBLE,
  created_at DATETIME NOT NULL,
  CONSTRAINT pk_detection PRIMARY KEY (id),
  CONSTRAINT fk_detection_image_id_image FOREIGN KEY(image_id) REFERENCES image (id),
  CONSTRAINT fk_detection_gan_rendition_id_rendition FOREIGN KEY(gan_rendition_id) REFERENCES rendition (id),
  CONSTRAINT fk_detection_mse_rendition_id_rendition FOREIGN KEY(mse_rendition_id) REFERENCES rendition (id)
);

CREATE INDEX ix_detection_pair ON detection (image_id, gan_rendition_id);

CREATE TABLE opinion (
  image_id INTEGER NOT NULL,
  model_id INTEGER NOT NULL,
  author VARCHAR(100) NOT NULL,
  state VARCHAR(20) NOT NULL,
  version INTEGER NOT NULL,
  current_revision_id INTEGER,
  updated_at DATETIME NOT NULL,
  CONSTRAINT pk_opinion PRIMARY KEY (image_id, model_id, author),
  CONSTRAINT fk_opinion_image_id_image FOREIGN KEY(image_id) REFERENCES image (id),
  CONSTRAINT fk_opinion_model_id_model FOREIGN KEY(model_id) REFERENCES model (id),
  CONSTRAINT fk_opinion_current_revision_id_mask_revision FOREIGN KEY(current_revision_id) REFERENCES mask_revision (id)
);

CREATE TABLE region (
  id INTEGER NOT NULL,
  revision_id INTEGER NOT NULL,
  x INTEGER NOT NULL,
  y INTEGER NOT NULL,
  kind VARCHAR(50),
  severity INTEGER,
  note TEXT NOT NULL,
  prominence DOUBLE,
  author VARCHAR(100) NOT NULL,
  created_at DATETIME NOT NULL,
  CONSTRAINT pk_region PRIMARY KEY (id),
  CONSTRAINT uq_region_revision_id UNIQUE (revision_id, x, y),
  CONSTRAINT fk_region_revision_id_mask_revision FOREIGN KEY(revision_id) REFERENCES mask_revision (id)
);

CREATE TABLE review_state (
  image_id INTEGER NOT NULL,
  model_id INTEGER NOT NULL,
  state VARCHAR(20) NOT NULL,
  version INTEGER NOT NULL,
  current_revision_id INTEGER,
  claimed_by VARCHAR(100),
  claimed_until DATETIME,
  assigned_to VARCHAR(100),
  opinions_wanted INTEGER NOT NULL,
  disagreement DOUBLE,
  dissent DOUBLE,
  updated_at DATETIME NOT NULL,
  CONSTRAINT pk_review_state PRIMARY KEY (image_id, model_id),
  CONSTRAINT fk_review_state_image_id_image FOREIGN KEY(image_id) REFERENCES image (id),
  CONSTRAINT fk_review_state_model_id_model FOREIGN KEY(model_id) REFERENCES model (id),
  CONSTRAINT fk_review_state_current_revision_id_mask_revision FOREIGN KEY(current_revision_id) REFERENCES mask_revision (id)
);

CREATE TABLE training_sample (
  training_set_id INTEGER NOT NULL,
  revision_id INTEGER NOT NULL,
  held_out BOOLEAN NOT NULL,
  CONSTRAINT pk_training_sample PRIMARY KEY (training_set_id, revision_id),
  CONSTRAINT fk_training_sample_training_set_id_training_set FOREIGN KEY(training_set_id) REFERENCES training_set (id),
  CONSTRAINT fk_training_sample_revision_id_mask_revision FOREIGN KEY(revision_id) REFERENCES mask_revision (id)
);

CREATE TABLE region_vote (
  study_id INTEGER NOT NULL,
  region_id INTEGER NOT NULL,
  votes INTEGER NOT NULL,
  noticed INTEGER NOT NULL,
  updated_at DATETIME NOT NULL,
  CONSTRAINT pk_region_vote PRIMARY KEY (study_id, region_id),
  CONSTRAINT fk_region_vote_study_id_study FOREIGN KEY(study_id) REFERENCES study (id),
  CONSTRAINT fk_region_vote_region_id_region FOREIGN KEY(region_id) REFERENCES region (id)
);

CREATE TABLE study_item (
  id INTEGER NOT NULL,
  study_id INTEGER NOT NULL,
  number INTEGER NOT NULL,
  kind VARCHAR(20) NOT NULL,
  image_id INTEGER NOT NULL,
  region_id INTEGER,
  x INTEGER NOT NULL,
  y INTEGER NOT NULL,
  width INTEGER NOT NULL,
  height INTEGER NOT NULL,
  outline JSON,
  system_a INTEGER NOT NULL,
  system_b INTEGER,
  blob_a VARCHAR(64) NOT NULL,
  blob_b VARCHAR(64),
  blob_lr VARCHAR(64),
  better VARCHAR(10),
  CONSTRAINT pk_study_item PRIMARY KEY (id),
  CONSTRAINT uq_study_item_study_id UNIQUE (study_id, number),
  CONSTRAINT fk_study_item_study_id_study FOREIGN KEY(study_id) REFERENCES study (id),
  CONSTRAINT fk_study_item_image_id_image FOREIGN KEY(image_id) REFERENCES image (id),
  CONSTRAINT fk_study_item_region_id_region FOREIGN KEY(region_id) REFERENCES region (id)
);

CREATE TABLE trial (
  id INTEGER NOT NULL,
  voter_id INTEGER NOT NULL,
  item_id INTEGER NOT NULL,
  question INTEGER NOT NULL,
  position INTEGER NOT NULL,
  role VARCHAR(20) NOT NULL,
  swapped BOOLEAN NOT NULL,
  repeat_of_id INTEGER,
  code VARCHAR(32) NOT NULL,
  CONSTRAINT pk_trial PRIMARY KEY (id),
  CONSTRAINT uq_trial_voter_id UNIQUE (voter_id, position),
  CONSTRAINT fk_trial_voter_id_voter FOREIGN KEY(voter_id) REFERENCES voter (id),
  CONSTRAINT fk_trial_item_id_study_item FOREIGN KEY(item_id) REFERENCES study_item (id),
  CONSTRAINT fk_trial_repeat_of_id_trial FOREIGN KEY(repeat_of_id) REFERENCES trial (id),
  CONSTRAINT uq_trial_code UNIQUE (code)
);

CREATE INDEX ix_trial_item_id ON trial (item_id);

CREATE TABLE vote (
  id INTEGER NOT NULL,
  trial_id INTEGER NOT NULL,
  answer VARCHAR(10) NOT NULL,
  choice VARCHAR(10) NOT NULL,
  seconds DOUBLE NOT NULL,
  created_at DATETIME NOT NULL,
  CONSTRAINT pk_vote PRIMARY KEY (id),
  CONSTRAINT uq_vote_trial_id UNIQUE (trial_id),
  CONSTRAINT fk_vote_trial_id_trial FOREIGN KEY(trial_id) REFERENCES trial (id)
);
