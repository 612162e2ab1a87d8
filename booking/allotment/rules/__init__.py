"""The public record to the byte (docs/record.md), and the draw. Standard library only: it also runs on its own."""
