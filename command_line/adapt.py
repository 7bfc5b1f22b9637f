"""`kontaktpunkt adapt`: teach the sentence embedder from the training messages."""

import shutil
import subprocess

import typer
from rich.console import Console

from contact_point.settings import ROOT

MESSAGES = ROOT / "var" / "adapter" / "messages.tsv"


def adapt() -> None:
    """Make data/adapter.npz anew from all training messages: worth it when many messages or a
    language were added. Takes half an hour on two cores and fetches PyTorch for this run only;
    afterwards run `kontaktpunkt train`."""
    import bot  # noqa: F401 - before anything imports rasa

    # isort: split
    from bot.training_messages import NLU, blocks
    from contact_point.embedding import adapter, embedding_model
    from contact_point.spelling import normalise

    lines = [
        f"{block['intent']}\t{normalise(text)}"
        for path in sorted(NLU.glob("*/*.yml"))
        for block, texts in blocks(path)
        for text in texts
    ]
    MESSAGES.parent.mkdir(parents=True, exist_ok=True)
    MESSAGES.write_text("\n".join(lines), encoding="utf-8")
    unfinished = MESSAGES.with_name("adapter.npz")
    uv = shutil.which("uv") or str(ROOT / ".uv" / "bin" / "uv")
    folder = embedding_model.embedding_folder(ROOT / "models")
    script = ROOT / "bot" / "adapter_training.py"
    arguments = map(str, (script, MESSAGES, embedding_model.wheel_file(), folder, unfinished))
    finished = subprocess.run([uv, "run", "--script", *arguments], check=False)
    if finished.returncode:
        Console().print("[red]The adapter was not made; the reason stands above.[/red]")
        raise typer.Exit(1)
    unfinished.replace(adapter.FILE)
