import "segno";
