"""What Lightning's WandbLogger does with the client, call by call. Words: project, run id."""

import os
import sys
from argparse import Namespace

import numpy as np
import wandb

project, name = sys.argv[1], sys.argv[2]


class WandbLogger:
    """Lazy init, hyperparameters into the config, metrics over trainer/global_step."""

    def __init__(self, **init):
        self._init = init
        self._experiment = None

    @property
    def experiment(self):
        if self._experiment is None:
            os.environ.pop("WANDB_NOTEBOOK_NAME", None)
            self._experiment = wandb.init(**self._init) if wandb.run is None else wandb.run
            if getattr(self._experiment, "define_metric", None):
                self._experiment.define_metric("trainer/global_step")
                self._experiment.define_metric(
                    "*", step_metric="trainer/global_step", step_sync=True
                )
        return self._experiment

    def log_hyperparams(self, params):
        self.experiment.config.update(vars(params), allow_val_change=True)

    def log_metrics(self, metrics, step=None):
        metrics = dict(metrics)
        if step is not None:
            metrics["trainer/global_step"] = step
        self.experiment.log(metrics)

    def log_image(self, key, images, step, caption):
        pairs = zip(images, caption, strict=True)
        self.log_metrics({key: [wandb.Image(image, caption=text) for image, text in pairs]}, step)


logger = WandbLogger(
    project=project, id=name, name="lightning", resume="allow", dir=".", tags=["style"]
)
logger.log_hyperparams(Namespace(lr=1e-3, layers=[64, 64], optimizer="adam", seed=None))
for epoch in range(3):
    for batch in range(4):
        step = epoch * 4 + batch
        logger.log_metrics({"train_loss": 1.0 / (step + 1), "epoch": epoch}, step=step)
    logger.log_metrics({"val_loss": 1.5 / (epoch + 1), "val_acc": epoch / 3, "epoch": epoch}, step)
    logger.log_image("samples", [np.zeros((4, 4, 3), np.uint8)], step, ["black"])
logger.experiment.summary["best_model"] = "epoch=2.ckpt"
wandb.finish()
print('RESULT {"rows": 18}')
