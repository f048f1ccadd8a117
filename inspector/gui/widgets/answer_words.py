"""What the kinds of answers are called in the editor."""

from __future__ import annotations

from inspector.gui.models.answer_draft import AnswerKind

KIND_WORDS = {
    AnswerKind.REPLY: "Reply",
    AnswerKind.TEMPLATE: "Template",
    AnswerKind.ERROR: "Error",
    AnswerKind.SEQUENCE: "Sequence",
    AnswerKind.SCRIPT: "Script",
    AnswerKind.ASK: "Ask",
    AnswerKind.FORWARD: "Forward",
    AnswerKind.NO_ANSWER: "No answer",
}
