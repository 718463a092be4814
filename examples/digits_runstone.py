"""Train a small neural network on handwritten digits and log how it goes, with Runstone's client.

The same as `digits.py`, which logs with `wandb`: the words are the same. Run it three times with
different learning rates and compare; where no server is, leave the addresses away and add
`RUNSTONE_MODE=offline`:

    pip install runstone scikit-learn pillow
    export RUNSTONE_URL=http://127.0.0.1:8470
    export RUNSTONE_API_KEY=...
    python examples/digits_runstone.py --lr 0.01
    python examples/digits_runstone.py --lr 0.1
    python examples/digits_runstone.py --lr 1.0
"""

from __future__ import annotations

import argparse
import math
import time
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.datasets import load_digits

import runstone

Array = NDArray[np.float64]
Labels = NDArray[np.int64]

BATCH_SIZE = 64
MOMENTUM = 0.9


@dataclass
class Network:
    """One hidden layer: tanh, then a softmax over the ten digits."""

    w1: Array
    b1: Array
    w2: Array
    b2: Array

    @classmethod
    def initialize(cls, rng: np.random.Generator, num_hidden: int) -> Network:
        """Small random weights; a layer's are smaller the more inputs it has."""
        return cls(
            w1=rng.normal(0.0, 1.0 / math.sqrt(64), (64, num_hidden)),
            b1=np.zeros(num_hidden),
            w2=rng.normal(0.0, 1.0 / math.sqrt(num_hidden), (num_hidden, 10)),
            b2=np.zeros(10),
        )

    def parameters(self) -> list[Array]:
        """Everything that is learned; changing these arrays in place changes the network."""
        return [self.w1, self.b1, self.w2, self.b2]

    def predict(self, images: Array) -> Array:
        """The probability of each digit, shape (num_images, 10)."""
        return softmax(np.tanh(images @ self.w1 + self.b1) @ self.w2 + self.b2)

    def gradients(self, images: Array, labels: Labels) -> list[Array]:
        """How the mean cross-entropy changes with each of `parameters()`."""
        hidden = np.tanh(images @ self.w1 + self.b1)
        # For softmax and cross-entropy together, the error is simply "predicted minus true".
        error = softmax(hidden @ self.w2 + self.b2) - np.eye(10)[labels]
        error /= len(images)
        hidden_error = (error @ self.w2.T) * (1.0 - hidden**2)
        return [
            images.T @ hidden_error,
            hidden_error.sum(axis=0),
            hidden.T @ error,
            error.sum(axis=0),
        ]


def softmax(scores: Array) -> Array:
    """Scores to probabilities, row by row."""
    # Subtracting the largest changes nothing but keeps exp() from overflowing.
    powers = np.exp(scores - scores.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=1, keepdims=True)


def evaluate(network: Network, images: Array, labels: Labels) -> tuple[float, float]:
    """Mean cross-entropy and accuracy."""
    probabilities = network.predict(images)
    of_truth = probabilities[np.arange(len(labels)), labels]
    loss = -np.log(np.maximum(of_truth, 1e-12)).mean()
    accuracy = (probabilities.argmax(axis=1) == labels).mean()
    return float(loss), float(accuracy)


def sample_predictions(network: Network, images: Array, labels: Labels) -> list[runstone.Image]:
    """A few digits, with what the network takes them for."""
    pictures = []
    for image, label in zip(images, labels, strict=True):
        probabilities = network.predict(image[None])[0]
        guess = int(probabilities.argmax())
        verdict = "right" if guess == label else f"wrong, it is {label}"
        caption = f"{guess} ({probabilities[guess]:.0%}), {verdict}"
        # Eight pixels a side are too few to look at: each becomes a square of eight by eight.
        pixels = np.kron(255 * (1 - image.reshape(8, 8)), np.ones((8, 8))).astype(np.uint8)
        pictures.append(runstone.Image(pixels, caption=caption))
    return pictures


def train(args: argparse.Namespace) -> None:
    """One run."""
    rng = np.random.default_rng(args.seed)
    data = load_digits()
    order = rng.permutation(len(data.target))
    images, labels = data.data[order] / 16.0, data.target[order]
    num_train = int(0.8 * len(labels))
    train_x, train_y = images[:num_train], labels[:num_train]
    val_x, val_y = images[num_train:], labels[num_train:]

    network = Network.initialize(rng, args.hidden)
    velocities = [np.zeros_like(parameter) for parameter in network.parameters()]

    with runstone.init(project=args.project, config=vars(args), tags=["example"]) as run:
        for epoch in range(args.epochs):
            # The learning rate falls along half a cosine, from --lr to nothing.
            lr = args.lr * 0.5 * (1.0 + math.cos(math.pi * epoch / args.epochs))
            shuffled = rng.permutation(num_train)
            for start in range(0, num_train, BATCH_SIZE):
                batch = shuffled[start : start + BATCH_SIZE]
                gradients = network.gradients(train_x[batch], train_y[batch])
                for parameter, velocity, gradient in zip(
                    network.parameters(), velocities, gradients, strict=True
                ):
                    velocity *= MOMENTUM
                    velocity -= lr * gradient
                    parameter += velocity

            train_loss, train_accuracy = evaluate(network, train_x, train_y)
            val_loss, val_accuracy = evaluate(network, val_x, val_y)
            logged = {
                "epoch": epoch,
                "learning_rate": lr,
                "train/loss": train_loss,
                "train/accuracy": train_accuracy,
                "val/loss": val_loss,
                "val/accuracy": val_accuracy,
            }
            if epoch % 5 == 0:
                everything = np.concatenate([gradient.ravel() for gradient in gradients])
                logged["gradients"] = runstone.Histogram(everything)
            if epoch % 50 == 0 or epoch == args.epochs - 1:
                logged["predictions"] = sample_predictions(network, val_x[:8], val_y[:8])
            run.log(logged)
            if epoch % 25 == 0:
                print(f"epoch {epoch}: val/loss {val_loss:.3f}, val/accuracy {val_accuracy:.1%}")
            time.sleep(args.pause)


def main() -> None:
    """Reads the command line and trains."""
    parser = argparse.ArgumentParser(description="Train a small network on handwritten digits.")
    parser.add_argument("--lr", type=float, default=0.1, help="learning rate at the start")
    parser.add_argument("--hidden", type=int, default=32, help="neurons of the hidden layer")
    parser.add_argument("--epochs", type=int, default=250, help="passes over the data")
    parser.add_argument("--seed", type=int, default=0, help="of all that is random")
    parser.add_argument("--project", default="digits", help="where the run is shown")
    parser.add_argument(
        "--pause", type=float, default=0.0, help="seconds to rest after each epoch, to watch"
    )
    train(parser.parse_args())


if __name__ == "__main__":
    main()
