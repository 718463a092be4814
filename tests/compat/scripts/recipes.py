"""Recipes of people who bring scripts of their own: what is taught for reading W&B, done here.

Four runs are written, then each function does what it is called after; an assertion says what its
user relies on. pandas is used by the line that has it.
"""

import json
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import wandb

try:
    import pandas as pd
except ImportError:
    pd = None

LINE = tuple(int(part) for part in wandb.__version__.split(".")[:2])
PROJECT = "recipes-" + "-".join(map(str, LINE))


def write_runs():
    ids = []
    Path("model.h5").write_bytes(b"w" * 100)
    Path("sample.png").write_bytes(b"p")
    for seed in range(4):
        run = wandb.init(
            project=PROJECT,
            name=f"CartPole__ppo__{seed}",
            config={"env_id": "CartPole-v1", "exp_name": "ppo", "seed": seed, "_hidden": 1},
            tags=["rl", f"v{seed % 2}"],
            settings=wandb.Settings(x_stats_sampling_interval=0.2),
        )
        for i in range(30):
            run.log({"charts/return": i * seed, "global_step": i * 100, "loss": 1 / (i + 1)})
        run.save("model.h5", policy="now")
        run.save("sample.png", policy="now")
        time.sleep(0.5)
        ids.append(run.id)
        run.finish()
    return ids


IDS = write_runs()
ENTITY = wandb.Api().default_entity
PATH = f"{ENTITY}/{PROJECT}"


def read(index):
    return wandb.Api().run(f"{PATH}/{IDS[index]}")


def export_all_runs_to_a_table():
    rows = []
    for run in wandb.Api().runs(PATH):
        if LINE == (0, 25):
            run.load_full_data()  # its lazy lists know no config
        config = {key: value for key, value in run.config.items() if not key.startswith("_")}
        rows.append({"summary": run.summary._json_dict, "config": config, "name": run.name})
    assert [row["name"] for row in rows] == [f"CartPole__ppo__{seed}" for seed in range(4)]
    assert rows[1]["config"] == {"env_id": "CartPole-v1", "exp_name": "ppo", "seed": 1}
    assert rows[3]["summary"]["loss"] == 1 / 30
    if pd:
        assert pd.DataFrame(rows).shape == (4, 3)


def history_as_a_frame():
    if pd:
        frame = read(1).history()
        assert frame.shape == (30, 6)
        assert list(frame["global_step"]) == [i * 100 for i in range(30)]
        assert frame["loss"].dtype == float
        many = wandb.Api().runs(PATH).histories(samples=10, keys=["loss"], format="pandas")
        assert many.shape == (40, 3)


def losses_of_a_scan():
    assert [row["loss"] for row in read(1).scan_history()] == [1 / (i + 1) for i in range(30)]


def another_x_axis():
    rows = read(2).history(keys=["charts/return"], x_axis="global_step", pandas=False)
    assert rows == [{"global_step": i * 100, "charts/return": i * 2} for i in range(30)]


def system_metrics():
    for stream in ("events", "system"):
        rows = read(0).history(stream=stream, pandas=False)
        assert any("system.memory_percent" in row for row in rows)


def compare_two_runs():
    one, other = read(0).config, read(1).config
    assert {key for key in one if one[key] != other[key]} == {"seed"}


def change_a_summary_afterwards():
    run = read(0)
    run.summary["accuracy"] = 0.9
    run.summary.update()
    run.summary["renamed"] = run.summary["loss"]
    del run.summary["loss"]
    run.summary.update()
    found = read(0).summary
    assert (found["accuracy"], found["renamed"], found.get("loss")) == (0.9, 1 / 30, None)


def change_a_run_afterwards():
    run = read(0)
    run.config["added"] = 32
    run.tags.append("done")
    run.notes = "seen"
    run.name = "renamed"
    run.update()
    found = read(0)
    assert (found.config["added"], found.notes, found.name) == (32, "seen", "renamed")
    assert sorted(found.tags) == ["done", "rl", "v0"]


def download_all_files():
    run = read(1)
    for file in run.files():
        file.download(root="all", replace=True)
    assert Path("all/model.h5").read_bytes() == b"w" * 100
    run.file("model.h5").download(root="one")
    assert Path("one/model.h5").read_bytes() == b"w" * 100
    assert [file.size for file in run.files(["model.h5"])] == [100]
    assert run.metadata["program"].endswith("recipes.py")


def replace_files():
    Path("more.txt").write_text("more")
    run = read(2)
    run.upload_file("more.txt")
    for file in run.files():
        if file.name.endswith(".png"):
            file.delete()
    names = {file.name for file in read(2).files()}
    assert "more.txt" in names
    assert "sample.png" not in names


def runs_of_a_benchmark():
    """As openrlbenchmark asks."""
    chosen = [
        {"config.env_id.value": "CartPole-v1"},
        {"config.exp_name.value": "ppo"},
        {"$or": [{"tags": "v1"}, {"username": "nobody"}]},
    ]
    runs = wandb.Api().runs(PATH, filters={"$and": chosen})
    assert [run.config["seed"] for run in map(full, runs)] == [1, 3]
    keys = ["charts/return", "_runtime", "global_step"]
    for run in runs:
        rows = run.history(samples=500, keys=keys, pandas=False)
        assert len(rows) == 30
        assert rows[2].keys() == {"_step", *keys}


def full(run):
    if LINE == (0, 25):
        run.load_full_data()
    return run


def filters_of_the_manual():
    api = wandb.Api()
    since = (datetime.now(UTC) - timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%S")
    for filters, count in (
        ({"$or": [{"config.seed": 1}, {"config.seed": 2}]}, 2),
        ({"config.env_id": {"$regex": "Cart.*"}}, 4),
        ({"display_name": {"$regex": "^CartPole__ppo__[12]$"}}, 2),
        ({"created_at": {"$gt": since}}, 4),
        ({"created_at": {"$lt": since}}, 0),
        ({"user": ENTITY}, 4),
        ({"state": "finished", "tags": {"$in": ["v0"]}}, 2),
    ):
        assert len(api.runs(PATH, filters)) == count, filters
    assert full(api.runs(PATH, order="-config.seed")[0]).config["seed"] == 3
    assert full(api.runs(PATH, order="+summary_metrics.charts/return")[0]).config["seed"] == 0


def find_a_run_by_any_path():
    for path in (f"{PATH}/{IDS[1]}", f"{PROJECT}/{IDS[1]}", f"/{ENTITY}/{PROJECT}/runs/{IDS[1]}"):
        assert wandb.Api().run(path).id == IDS[1]
    api = wandb.Api(overrides={"entity": ENTITY, "project": PROJECT})
    assert api.run(IDS[1]).name == "CartPole__ppo__1"
    assert len(api.runs()) == 4
    assert PROJECT in [project.name for project in api.projects(ENTITY)]
    assert api.from_path(f"{PATH}/{IDS[0]}").id == IDS[0]


def what_is_not_there():
    api = wandb.Api()
    for question, said in (
        (lambda: len(api.runs(f"{ENTITY}/nothere")), "nothere"),
        (lambda: api.run(f"{PATH}/nothere"), "nothere"),
        (lambda: read(1).file("nothere.bin").download(), "nothere.bin"),
    ):
        assert said in error_of(question)


def error_of(question):
    try:
        question()
    except Exception as error:  # noqa: BLE001 - any that says what is missing
        return str(error)
    return "no error"


def a_run_made_by_hand():
    api = wandb.Api()
    name = f"{PROJECT}-made"
    api.create_project(name, ENTITY)
    made = api.create_run(project=name, entity=ENTITY)
    run = wandb.Api().run(f"{ENTITY}/{name}/{made.id}")
    run.config["x"] = 1
    run.update()
    assert wandb.Api().run(f"{ENTITY}/{name}/{made.id}").config == {"x": 1}
    run.delete()
    assert len(wandb.Api().runs(f"{ENTITY}/{name}")) == 0


RECIPES = [
    export_all_runs_to_a_table, history_as_a_frame, losses_of_a_scan, another_x_axis,
    system_metrics, compare_two_runs, download_all_files, replace_files, runs_of_a_benchmark,
    filters_of_the_manual, find_a_run_by_any_path, what_is_not_there, a_run_made_by_hand,
    change_a_summary_afterwards, change_a_run_afterwards,
]  # fmt: skip
done = []
for recipe in RECIPES:
    print("recipe:", recipe.__name__.replace("_", " "), file=sys.stderr)
    recipe()
    done.append(recipe.__name__)
print("RESULT " + json.dumps({"done": done}))
