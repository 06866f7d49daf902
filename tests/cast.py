"""The people of every test: who they are on which messenger."""

from __future__ import annotations

ANNA, PABLO, BORIS, DASHA, VERA, GLEB = 101, 102, 201, 202, 301, 401
NAMES = {
    ANNA: "Anna",
    PABLO: "Pablo",
    BORIS: "Boris",
    DASHA: "Dasha",
    VERA: "Vera",
    GLEB: "Gleb",
}
TEAM = -1001000000001
ELSEWHERE = -1001000000009
