"""Documents side by side: one row a point (who, term, conditions …), one column a document, each cell a quotation."""

from policy_qa.compare.points import POINTS, Point, Topic
from policy_qa.compare.subject import Office
from policy_qa.compare.table import Comparer, table

__all__ = ["POINTS", "Comparer", "Office", "Point", "Topic", "table"]
