"""The smallest script that there is."""

import wandb

run = wandb.init(project="first", name="one")
for step in range(10):
    run.log({"loss": 1 / (step + 1)})
run.finish()
print('RESULT {"id": "' + run.id + '"}')
